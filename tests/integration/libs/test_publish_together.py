"""Publishing together: many callers, few batches, and each told of its own fate."""

import asyncio

import pytest

from libs.bus.errors import BusUnavailable
from libs.bus.publish import BATCH_LIMIT, Publisher
from libs.clock import new_id
from libs.storage.outbox import Message
from tests.integration.libs.kit import Kit

SUBJECT = "sharing.team.created.v1.00"


def message(subject: str = SUBJECT) -> Message:
    return Message(id=str(new_id()), subject=subject, payload=b"x")


async def test_callers_of_one_moment_share_a_batch_and_nothing_is_lost(kit: Kit) -> None:
    publisher = Publisher(kit.connection)
    sizes: list[int] = []
    send = publisher.publish_batch

    async def counting(messages: list[Message]) -> None:
        sizes.append(len(messages))
        await send(messages)

    publisher.publish_batch = counting  # type: ignore[method-assign, assignment] # looks on, and sends
    await asyncio.gather(*(publisher.publish_together([message(), message()]) for _ in range(600)))
    assert len(await kit.stored()) == sum(sizes) == 1200
    assert len(sizes) <= 4
    assert max(sizes) <= BATCH_LIMIT


async def test_one_caller_alone_is_not_held_up(kit: Kit) -> None:
    await Publisher(kit.connection).publish_together([message()])
    assert len(await kit.stored()) == 1


async def test_a_caller_whose_messages_are_refused_does_not_take_the_others_with_it(kit: Kit) -> None:
    publisher = Publisher(kit.connection)
    bad = [message(), message("content.item.published.v1.00")]  # two streams cannot be in one batch
    outcomes = await asyncio.gather(
        publisher.publish_together([message()]),
        publisher.publish_together([message()]),
        publisher.publish_together(bad),
        publisher.publish_together([message()]),
        return_exceptions=True,
    )
    assert [outcome is None for outcome in outcomes] == [True, True, False, True]
    assert len(await kit.stored()) == 3


async def test_a_caller_who_leaves_does_not_hold_up_the_others(kit: Kit) -> None:
    publisher = Publisher(kit.connection)
    leaving = asyncio.create_task(publisher.publish_together([message()]))
    await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.gather(leaving, return_exceptions=True)
    await publisher.publish_together([message()])
    assert len(await kit.stored()) == 2


async def test_while_the_broker_is_away_every_caller_hears_it(kit: Kit) -> None:
    publisher = Publisher(kit.connection)
    unknown = [[message("rumour.team.created.v1.00")] for _ in range(3)]
    outcomes = await asyncio.gather(*map(publisher.publish_together, unknown), return_exceptions=True)
    assert all(isinstance(outcome, BusUnavailable) for outcome in outcomes)
    with pytest.raises(BusUnavailable):
        await publisher.publish_together(unknown[0])
