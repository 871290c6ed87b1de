"""Hints over a real broker: coalesced, bounded, and a look at everything after each time without the broker."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from deploy.local.servers.nats import NatsServer
from libs.bus import hints as module
from libs.bus.connection import Connection, open_connection
from libs.bus.hints import Hints, hearing
from libs.bus.metrics import BusMetrics
from libs.process.tasks import running
from libs.telemetry.metrics import Telemetry
from tests.support.eventually import eventually

SUBJECT = "hints.test"


class Ear:
    """What was heard: one list of lines for each message, and how often hints may have been missed."""

    def __init__(self) -> None:
        self.messages: list[Sequence[str]] = []
        self.misses = 0

    def missed(self) -> None:
        self.misses += 1

    @property
    def lines(self) -> list[str]:
        return [line for message in self.messages for line in message]


@pytest.fixture
async def connection(broker: NatsServer) -> AsyncIterator[Connection]:
    async with open_connection(broker.url, name="operator") as connection:
        yield connection


@asynccontextmanager
async def listening(broker: NatsServer) -> AsyncIterator[Ear]:
    ear = Ear()
    async with (
        open_connection(broker.url_of("gateway"), name="gateway") as connection,
        hearing(connection, SUBJECT, ear.messages.append, missed=ear.missed),
    ):
        yield ear


def telling(connection: Connection) -> tuple[Hints, Telemetry]:
    telemetry = Telemetry("test")
    return Hints(connection, SUBJECT, BusMetrics(telemetry)), telemetry


def counted(telemetry: Telemetry, outcome: str) -> float:
    return telemetry.registry.get_sample_value("bus_hints_total", {"service": "test", "outcome": outcome}) or 0.0


async def test_what_changes_a_thousand_times_is_told_a_few_times(broker: NatsServer, connection: Connection) -> None:
    hints, telemetry = telling(connection)
    async with listening(broker) as ear, running([hints.run()]):
        for number in range(1000):
            hints.give("hot")
            hints.give(f"cold {number}")

        async def told() -> bool:
            return {"hot", "cold 0", "cold 999"} <= set(ear.lines)

        await eventually(told)
    assert ear.lines.count("hot") == 1
    assert len(ear.messages) == 2  # a thousand lines each at most
    assert counted(telemetry, "told") == 1001


async def test_what_changes_again_is_told_again(broker: NatsServer, connection: Connection) -> None:
    hints, _ = telling(connection)
    async with listening(broker) as ear, running([hints.run()]):
        for times in range(1, 4):
            hints.give("again")

            async def told(times: int = times) -> bool:
                return ear.lines.count("again") == times

            await eventually(told)


async def test_one_hint_too_many_is_lost_and_counted(
    broker: NatsServer, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WAITING_AT_MOST", 2)
    hints, telemetry = telling(connection)
    for line in ("first", "second", "third", "first"):
        hints.give(line)
    async with listening(broker) as ear, running([hints.run()]):

        async def told() -> bool:
            return len(ear.lines) == 2

        await eventually(told)
    assert ear.lines == ["first", "second"]
    assert counted(telemetry, "lost") == 1


async def test_after_a_restart_hints_are_heard_again_and_the_miss_is_told(
    broker: NatsServer, connection: Connection
) -> None:
    hints, _ = telling(connection)
    async with listening(broker) as ear, running([hints.run()]):
        await broker.kill()

        async def away() -> bool:
            return not connection.connected

        await eventually(away)
        hints.give("while it was away")
        await broker.start()

        async def heard_of_it() -> bool:
            return ear.misses == 1

        await eventually(heard_of_it, seconds=30)

        async def told() -> bool:
            hints.give("later")
            await asyncio.sleep(0)
            return "later" in ear.lines

        await eventually(told, seconds=30)
