"""From the broker to an effect: each event applied once, and a fixed fate for what cannot be."""

import asyncio
from collections.abc import Callable

import pytest
from nats.aio.msg import Msg

from libs.bus import consumer as runner
from libs.events.envelope import Envelope
from libs.events.sharing import TeamCreated
from libs.problems import Problem
from libs.storage.database import Transaction
from tests.integration.libs.kit import Handler, Kit, applied, beside, sealed
from tests.support.eventually import eventually


class TeamRefused(Problem):
    """This team is never taken."""

    slug, status, title = "team-refused", 409, "Refused"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries a message again after milliseconds instead of seconds."""
    monkeypatch.setattr(runner, "DELAYS", (0.02,) * len(runner.DELAYS))


def failing(number: int, *, times: float, error: Callable[[], Exception] = lambda: RuntimeError("spilled")) -> Handler:
    """A handler that applies all but one event, whose effect is written and then fails the transaction."""
    failures = 0

    async def handle(tx: Transaction, event: TeamCreated) -> None:
        nonlocal failures
        await applied(tx, event)
        if int(event.name) == number and failures < times:
            failures += 1
            raise error()

    return handle


async def quiet(kit: Kit) -> None:
    """Return when the group has done all there is."""
    await eventually(kit.acknowledged, seconds=20)


def header(message: Msg, name: str) -> str:
    assert message.headers is not None
    return str(message.headers[name])


@pytest.mark.usefixtures("impatient")
async def test_a_handler_that_fails_once_is_asked_again_and_applied_once(kit: Kit) -> None:
    await kit.publish_all([1])
    async with kit.consuming(failing(1, times=1)):
        await quiet(kit)
    assert await kit.effects() == [1]
    assert kit.outcomes() == {"delayed": 1, "applied": 1}
    assert await kit.stored("DEAD") == []


async def test_a_problem_parks_the_message_whole_with_its_reason(kit: Kit) -> None:
    envelope = sealed(1)
    await kit.publish(envelope)
    async with kit.consuming(failing(1, times=1, error=lambda: TeamRefused("no room for é\nmore"))):
        await quiet(kit)
    (dead,) = await kit.stored("DEAD")
    assert dead.data == envelope.to_bytes()
    assert dead.subject == f"dead.{kit.group.name}"
    assert header(dead, "Timbre-Reason") == "TeamRefused: no room for ? more"
    assert header(dead, "Timbre-Consumer") == kit.group.name
    assert header(dead, "Timbre-Stream") == "SHARING"
    assert header(dead, "Timbre-Subject").startswith("sharing.team.created.v1.")
    assert await kit.effects() == []
    assert kit.outcomes() == {"dead": 1}


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"no JSON",
        b"\xff\xfe\x00",
        b"{}",
        b"[" * 5000,
        sealed(1).to_bytes().replace(b"sharing.team.created.v1", b"sharing.team.created.v9"),
        sealed(1).to_bytes().replace(b'"name"', b'"title"'),
        sealed(1).to_bytes().replace(b'"specversion":"1.0"', b'"specversion":"2.0"'),
    ],
    ids=["empty", "text", "bytes", "object", "deep", "unknown-version", "field-missing", "other-cloudevents"],
)
async def test_garbage_is_parked_and_its_neighbours_are_applied(kit: Kit, garbage: bytes) -> None:
    await kit.publish_all([1])
    await kit.connection.request("sharing.team.created.v1.00", garbage)
    await kit.publish_all([2])
    async with kit.consuming():
        await quiet(kit)
    (dead,) = await kit.stored("DEAD")
    assert dead.data == garbage
    assert header(dead, "Timbre-Reason")
    assert await kit.effects() == [1, 2]
    assert kit.outcomes() == {"applied": 2, "dead": 1}


@pytest.mark.usefixtures("impatient")
async def test_a_poisoned_message_does_not_hold_its_neighbours(kit: Kit) -> None:
    await kit.publish_all(range(50))
    async with kit.consuming(failing(17, times=float("inf"))) as batches:
        await quiet(kit)
    assert max(batches.sizes) > 1
    assert sorted(await kit.effects()) == [number for number in range(50) if number != 17]
    (dead,) = await kit.stored("DEAD")
    assert Envelope.model_validate_json(dead.data).data["name"] == "17"
    assert header(dead, "Timbre-Reason") == "RuntimeError: spilled"
    assert kit.outcomes() == {"applied": 49, "delayed": runner.TRIES - 1, "dead": 1}


async def test_a_message_that_comes_twice_is_applied_once(kit: Kit) -> None:
    first, other = sealed(1), sealed(2)
    async with kit.consuming():
        for envelope in (first, first, other):
            await kit.publish(envelope)
        await quiet(kit)
        await kit.publish(first)
        await quiet(kit)
    assert await kit.effects() == [1, 2]
    assert sum(kit.outcomes().values()) == 4


async def test_a_copy_that_lies_in_the_same_batch_is_applied_once(kit: Kit) -> None:
    envelope = sealed(1)
    for _ in range(5):
        await kit.publish(envelope)
    async with kit.consuming():
        await quiet(kit)
    assert await kit.effects() == [1]
    assert set(kit.outcomes()) <= {"applied", "duplicate"}


async def test_two_workers_of_a_group_never_apply_twice(kit: Kit) -> None:
    envelopes = [sealed(number) for number in range(150)]
    async with kit.consuming(batch=16) as one, kit.consuming(batch=16) as other:
        for envelope in envelopes:
            await kit.publish(envelope)
            await kit.publish(envelope)
        await quiet(kit)
    assert sorted(await kit.effects()) == list(range(150))
    assert one.sizes
    assert other.sizes


async def test_both_workers_may_hold_the_same_message(kit: Kit) -> None:
    """The copy waits for the first transaction, and takes over when that one fails."""
    began, may_end = asyncio.Event(), asyncio.Event()

    async def slow(tx: Transaction, event: TeamCreated) -> None:
        await applied(tx, event)
        if not began.is_set():
            began.set()
            await may_end.wait()
            raise TeamRefused

    envelope = sealed(1)
    async with kit.consuming(slow, batch=1), kit.consuming(slow, batch=1):
        await kit.publish(envelope)
        await began.wait()
        await kit.publish(envelope)
        assert await kit.effects() == []
        may_end.set()
        await quiet(kit)
    assert await kit.effects() == [1]
    assert len(await kit.stored("DEAD")) == 1


async def test_the_order_of_a_stream_is_kept(kit: Kit) -> None:
    async with beside(kit.relay().run()), kit.consuming():
        for number in range(0, 300, 3):
            await kit.emit(number, number + 1, number + 2)
        await eventually(lambda: _applied(kit, 300), seconds=20)
    assert await kit.effects() == list(range(300))


async def test_a_consumer_that_was_deleted_on_the_server_comes_back(kit: Kit) -> None:
    async with kit.consuming():
        await kit.publish_all([1, 2])
        await eventually(lambda: _applied(kit, 2))
        await quiet(kit)
        await kit.connection.api(f"CONSUMER.DELETE.SHARING.{kit.group.name}")
        await kit.publish_all([3])
        await eventually(lambda: _applied(kit, 3))
        await quiet(kit)
    assert await kit.effects() == [1, 2, 3]


async def test_a_worker_that_ends_gives_its_messages_to_the_next_at_once(kit: Kit) -> None:
    held = asyncio.Event()

    async def hold(tx: Transaction, event: TeamCreated) -> None:
        await applied(tx, event)
        held.set()
        await asyncio.Event().wait()  # until the worker ends

    await kit.publish_all(range(20))
    async with kit.consuming(hold, batch=4):
        await held.wait()
    async with kit.consuming():
        await quiet(kit)
    assert sorted(await kit.effects()) == list(range(20))


async def _applied(kit: Kit, number: int) -> bool:
    return len(await kit.effects()) >= number


async def test_a_batch_ends_where_it_has_enough_bytes(kit: Kit) -> None:
    await kit.publish_all(range(40))
    most = 3 * len(sealed(10).to_bytes())
    async with kit.consuming(most_bytes=most) as batches:
        await quiet(kit)
    assert max(batches.sizes) == 3
    assert sorted(await kit.effects()) == list(range(40))
