"""Servers that die: nothing is lost, nothing is parked, nothing happens twice."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from nats.js.kv import KeyValue

from libs.bus import streams
from libs.bus.bucket import Bucket
from libs.bus.consumer import Consumer
from libs.bus.delivery import InTransaction
from libs.bus.errors import BusUnavailable
from libs.events.sharing import TeamCreated
from libs.storage.migrate import migrate
from tests.integration.libs.kit import CLOCK, Kit, applied, beside, open_kit, sealed
from tests.support.eventually import eventually
from tests.support.servers import Servers, empty_folder, running_servers

MIGRATIONS = Path(__file__).parent / "migrations"


@pytest.fixture(scope="module")
async def servers() -> AsyncIterator[Servers]:
    """Servers of our own, since we kill them."""
    with empty_folder() as folder:
        async with running_servers(folder) as started:
            yield started


@pytest.fixture(autouse=True)
def _short_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Delivers again after two seconds instead of thirty what was applied and whose acknowledgement was lost."""
    monkeypatch.setattr(streams, "ACK_WAIT_SECONDS", 2)


@pytest.fixture
async def fragile(servers: Servers, request: pytest.FixtureRequest) -> AsyncIterator[Kit]:
    name = f"kit_{abs(hash(request.node.name))}"
    database = await servers.postgres.create_service_database(name)
    await migrate(database, MIGRATIONS)
    async with open_kit(database, servers.nats.url) as made:
        yield made


async def test_the_broker_dies_amid_two_thousand_messages(fragile: Kit, servers: Servers) -> None:
    async with beside(fragile.relay().run()), fragile.consuming():
        for first in range(0, 2000, 100):
            await fragile.emit(*range(first, first + 100))
            if first in {500, 1200}:
                await eventually(lambda: _applied(fragile, 1))
                await servers.nats.kill()
                await servers.nats.start()
        await eventually(lambda: _applied(fragile, 2000), seconds=30)
        await eventually(fragile.acknowledged, seconds=30)
    assert await fragile.effects() == list(range(2000))
    assert await fragile.numbers() == list(range(2000))
    assert await fragile.stored("DEAD") == []


async def test_the_database_dies_and_nothing_is_parked(fragile: Kit, servers: Servers) -> None:
    apply = InTransaction(fragile.db, fragile.group.name, {TeamCreated: applied}, clock=CLOCK)
    consumer = Consumer(fragile.connection, fragile.group, apply, fragile.metrics)
    async with beside(consumer.run()):
        await fragile.publish_all([1])
        await eventually(lambda: _applied(fragile, 1))
        await servers.postgres.kill()
        try:
            await fragile.publish_all(range(2, 40))
            await eventually(lambda: _in_hand(fragile))
        finally:
            await servers.postgres.start()
        await eventually(fragile.acknowledged, seconds=20)
    assert sorted(await fragile.effects()) == list(range(1, 40))
    assert await fragile.stored("DEAD") == []
    assert fragile.outcomes()["applied"] == 39
    assert fragile.outcomes()["dead"] == fragile.outcomes()["delayed"] == 0


async def test_a_restart_of_the_database_amid_the_work_applies_each_once(fragile: Kit, servers: Servers) -> None:
    async with beside(fragile.relay().run()), fragile.consuming(batch=16):
        await fragile.emit(*range(600))
        await eventually(lambda: _applied(fragile, 1))
        await servers.postgres.kill()
        await servers.postgres.start()
        await eventually(lambda: _applied(fragile, 600), seconds=30)
        await eventually(fragile.acknowledged, seconds=30)
    assert await fragile.effects() == list(range(600))
    assert await fragile.stored("DEAD") == []


async def test_a_frozen_broker_is_an_error_and_not_a_hang(fragile: Kit, servers: Servers) -> None:
    process = servers.nats.pid
    envelope = sealed(1)
    _send(process, signal.SIGSTOP)
    try:
        with pytest.raises(BusUnavailable):
            await fragile.publish(envelope)
    finally:
        _send(process, signal.SIGCONT)
    async with fragile.consuming():
        await fragile.publish(envelope)  # the first may have landed late
        await eventually(fragile.acknowledged, seconds=15)
    assert await fragile.effects() == [1]


async def test_a_bucket_follows_puts_and_deletes_over_a_crash_of_the_broker(fragile: Kit, servers: Servers) -> None:
    seen: list[str] = []
    profiles: KeyValue = await fragile.connection.client.jetstream().key_value("profiles")
    await profiles.put("alice", b"Alice")
    bucket = Bucket(fragile.connection, "profiles", changed=seen.append)
    async with beside(bucket.run()):
        async with asyncio.timeout(10):
            await bucket.loaded.wait()
        assert bucket.values == {"alice": b"Alice"}
        await profiles.put("bob", b"Bob")
        await profiles.put("alice", b"Alicia")
        await profiles.delete("bob")
        await eventually(lambda: _holds(bucket, {"alice": b"Alicia"}))
        await servers.nats.kill()
        await servers.nats.start()
        await _put_after_restart(profiles, "carol", b"Carol")
        await eventually(lambda: _holds(bucket, {"alice": b"Alicia", "carol": b"Carol"}), seconds=30)
        await profiles.purge("alice")
        await eventually(lambda: _holds(bucket, {"carol": b"Carol"}))
    assert seen[:4] == ["alice", "bob", "alice", "bob"]


async def _put_after_restart(bucket: KeyValue, key: str, value: bytes) -> None:
    async def put() -> bool:
        return bool(await bucket.put(key, value))

    await eventually(put, seconds=15)


async def _applied(kit: Kit, number: int) -> bool:
    return len(await kit.effects()) >= number


async def _in_hand(kit: Kit) -> bool:
    return int((await kit.in_group())["num_ack_pending"]) == 38


async def _holds(bucket: Bucket, values: dict[str, bytes]) -> bool:
    return bucket.values == values


def _send(process: int, number: signal.Signals) -> None:
    os.kill(process, number)
