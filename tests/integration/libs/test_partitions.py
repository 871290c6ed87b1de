"""A subscription that is split: each event applied once, whoever changes the number of its consumers, and when."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from libs.bus import streams
from libs.bus.connection import open_connection
from libs.bus.consumers import Consumers
from libs.bus.delivery import InTransaction
from libs.bus.partitions import UNPLANNED, durable_names
from libs.bus.plans import Plans
from libs.bus.streams import consumers_of, make_consumer, waiting
from libs.events.sharing import TeamCreated
from libs.events.topology import PLANS
from libs.storage.database import Transaction
from tests.integration.libs.kit import CLOCK, Handler, Kit, applied, beside, sealed
from tests.support.eventually import eventually


@pytest.fixture(autouse=True)
async def _planless(kit: Kit) -> AsyncIterator[None]:
    """Takes back what the test planned, and its consumers."""
    yield
    for info in await consumers_of(kit.connection, kit.group):
        await streams.delete_consumer(kit.connection, "SHARING", info["name"])
    await kit.connection.api(f"STREAM.PURGE.KV_{PLANS}")


@asynccontextmanager
async def split(kit: Kit, partitions: int, handler: Handler = applied, *, batch: int = 8) -> AsyncIterator[None]:
    """A process of the group with that setting."""
    async with open_connection(kit.url, name="kit") as connection:
        apply = InTransaction(kit.db, kit.group.name, {TeamCreated: handler}, clock=CLOCK)
        consumers = Consumers(connection, kit.group, apply, kit.metrics, partitions=partitions, batch=batch)
        async with beside(consumers.run()):
            yield


async def spread(kit: Kit, numbers: Sequence[int]) -> None:
    """Publish events over all partitions."""
    for number in numbers:
        await kit.publish(sealed(number, key=str(number)))


async def durables(kit: Kit) -> dict[str, dict[str, Any]]:
    return {info["name"]: info for info in await consumers_of(kit.connection, kit.group)}


async def runs(kit: Kit, partitions: int) -> None:
    """Return when exactly the consumers of that number are there."""

    async def there() -> bool:
        return sorted(await durables(kit)) == sorted(durable_names(kit.group, partitions))

    await eventually(there, seconds=20)


async def quiet(kit: Kit, number: int, *, all_of_it: bool = True) -> None:
    """Return when so many are applied and, unless there will be more, nothing waits."""

    async def done() -> bool:
        return len(await kit.effects()) >= number and not (all_of_it and await waiting(kit.connection, kit.group))

    await eventually(done, seconds=30)


async def test_each_event_goes_to_the_consumer_of_its_token_and_is_applied_once(kit: Kit) -> None:
    await spread(kit, range(200))
    async with split(kit, 4):
        await quiet(kit, 200)
    assert sorted(await kit.effects()) == list(range(200))
    found = await durables(kit)
    assert sorted(found) == [f"{kit.group.name}--4-{index}" for index in range(4)]
    assert all(info["delivered"]["consumer_seq"] > 20 for info in found.values())
    assert sum(info["delivered"]["consumer_seq"] for info in found.values()) == 200
    tokens = [info["config"]["filter_subjects"] for info in found.values()]
    assert sorted(subject for part in tokens for subject in part) == [
        f"sharing.team.created.v1.{token:02d}" for token in range(64)
    ]


async def test_one_partition_is_the_plain_consumer(kit: Kit) -> None:
    async with kit.consuming():
        await spread(kit, range(5))
        await quiet(kit, 5)
    async with split(kit, 1):
        await spread(kit, range(5, 10))
        await quiet(kit, 10)
    assert list(await durables(kit)) == [kit.group.name]
    assert await Plans(kit.connection, kit.group).current() == UNPLANNED


async def test_the_number_changes_under_load(kit: Kit) -> None:
    last = 1500

    async def send() -> None:
        for number in range(last):
            await kit.publish(sealed(number, key=str(number)))

    async with beside(send()):
        for partitions in (1, 4, 2, 7, 1):
            async with split(kit, partitions):
                before = len(await kit.effects())
                await runs(kit, partitions)
                await quiet(kit, before + 100, all_of_it=False)
        async with split(kit, 3):
            await quiet(kit, last)
    assert sorted(await kit.effects()) == list(range(last))
    assert await kit.stored("DEAD") == []


async def test_a_process_that_still_has_the_old_number_follows(kit: Kit) -> None:
    async with split(kit, 2):
        await spread(kit, range(50))
        await quiet(kit, 50)
        async with split(kit, 5):
            await runs(kit, 5)
            await spread(kit, range(50, 300))
            await quiet(kit, 300)
        await spread(kit, range(300, 400))  # the one that had 2 is alone now, and works by 5
        await quiet(kit, 400)
        assert len(await durables(kit)) == 5
    assert sorted(await kit.effects()) == list(range(400))


async def test_processes_that_start_at_once_agree(kit: Kit) -> None:
    await spread(kit, range(400))
    async with AsyncExitStack() as stack:
        for partitions in (2, 3, 3, 5, 8, 2):
            await stack.enter_async_context(split(kit, partitions))
        await quiet(kit, 400)
        plan = await Plans(kit.connection, kit.group).current()
        assert plan.partitions in {2, 3, 5, 8}
        await runs(kit, plan.partitions)
        await spread(kit, range(400, 500))
        await quiet(kit, 500)
    assert sorted(await kit.effects()) == list(range(500))


async def test_a_new_set_begins_at_what_is_not_acknowledged_however_far_back_an_idle_partition_stands(kit: Kit) -> None:
    plans = Plans(kit.connection, kit.group)
    async with split(kit, 8):
        for number in range(100):  # one key, so that seven consumers never get a message
            await kit.publish(sealed(number))
        await quiet(kit, 100)
    plan = await plans.bring(3)
    last = (await kit.connection.api("STREAM.INFO.SHARING"))["state"]["last_seq"]
    assert plan.start == last + 1


async def test_what_is_in_hand_when_the_number_changes_is_not_lost(kit: Kit) -> None:
    held, killed = asyncio.Event(), asyncio.Event()

    async def hold(tx: Transaction, event: TeamCreated) -> None:
        await applied(tx, event)
        if int(event.name) == 30:
            held.set()
            await killed.wait()

    await spread(kit, range(30))
    async with split(kit, 2):
        await quiet(kit, 30)
    async with split(kit, 2, hold, batch=1):
        await spread(kit, range(30, 60))
        await held.wait()
        plan = await Plans(kit.connection, kit.group).bring(4)
        assert plan.start <= await _sequence_of(kit, 30)
    async with split(kit, 4):  # the first process died with number 30 in its hands
        await quiet(kit, 60)
    assert sorted(await kit.effects()) == list(range(60))


async def test_a_plan_that_nobody_carried_out_is_carried_out_by_the_next(kit: Kit) -> None:
    async with split(kit, 2):
        await spread(kit, range(40))
        await quiet(kit, 40)
    plans = Plans(kit.connection, kit.group)
    await plans.bring(4)
    for name in durable_names(kit.group, 4)[1:]:  # as if the process had died amid making them
        await streams.delete_consumer(kit.connection, "SHARING", name)
    await make_consumer(kit.connection, "SHARING", f"{kit.group.name}--2-0", ["sharing.team.created.v1.00"], start=0)
    await spread(kit, range(40, 80))
    async with split(kit, 4):
        await runs(kit, 4)
        await quiet(kit, 80)
    assert sorted(await kit.effects()) == list(range(80))


async def test_a_consumer_that_was_deleted_on_the_server_comes_back(kit: Kit) -> None:
    async with split(kit, 2):
        await spread(kit, range(20))
        await quiet(kit, 20)
        await streams.delete_consumer(kit.connection, "SHARING", f"{kit.group.name}--2-1")
        await spread(kit, range(20, 40))
        await quiet(kit, 40)
        await runs(kit, 2)
    assert sorted(await kit.effects()) == list(range(40))


async def test_a_stream_that_was_made_anew_is_heard_from_its_first_message(kit: Kit) -> None:
    async with split(kit, 2):
        await spread(kit, range(20))
        await quiet(kit, 20)
    plans = Plans(kit.connection, kit.group)
    await plans.bring(4)
    stream = await kit.connection.api("STREAM.INFO.SHARING")
    await kit.connection.api("STREAM.DELETE.SHARING")
    await kit.connection.api("STREAM.CREATE.SHARING", stream["config"])
    await spread(kit, range(20, 60))
    async with split(kit, 4):
        await quiet(kit, 60)
    assert sorted(await kit.effects()) == list(range(60))


async def _sequence_of(kit: Kit, number: int) -> int:
    return next(
        message.metadata.sequence.stream
        for message in await kit.stored()
        if f'"name":"{number}"'.encode() in message.data
    )
