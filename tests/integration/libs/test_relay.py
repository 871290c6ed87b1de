"""From the outbox to the broker: everything that was committed, nothing else, once, in order."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from nats.aio.msg import Msg

from deploy.local.servers.nats import NatsServer
from libs.bus.connection import open_connection
from libs.bus.publish import BATCH_LIMIT, Publisher
from libs.events.envelope import Envelope
from libs.storage.outbox import oldest_messages
from libs.telemetry.context import Context, bound
from tests.integration.libs.kit import Kit, beside, numbered
from tests.support.eventually import eventually


async def test_what_was_rolled_back_never_leaves(kit: Kit) -> None:
    async def fail() -> None:
        async with kit.db.transaction() as tx:
            tx.emit(numbered(1), key="k")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    await kit.emit(2)
    assert await kit.relay().step() == 1
    assert await kit.numbers() == [2]
    assert await kit.outbox() == []


async def test_an_event_continues_the_chain_of_its_transaction(kit: Kit) -> None:
    with bound(Context("request-7", causation_id="e-1")):
        await kit.emit(1)
    await kit.relay().step()
    (message,) = await kit.stored()
    envelope = Envelope.model_validate_json(message.data)
    assert (envelope.correlationid, envelope.causationid, envelope.source) == ("request-7", "e-1", "/timbre/kit")
    assert message.headers is not None
    assert message.headers["Nats-Msg-Id"] == envelope.id


async def test_two_relays_keep_the_order_of_each_key(kit: Kit) -> None:
    async with (
        open_connection(kit.url, name="kit") as other,
        beside(kit.relay().run()),
        beside(kit.relay(other).run()),
    ):
        for number in range(0, 200, 2):
            await asyncio.gather(kit.emit(number, key="even"), kit.emit(number + 1, key="odd"))
        await eventually(lambda: _stored(kit, 200))
    told = await kit.numbers()
    assert [number for number in told if number % 2 == 0] == list(range(0, 200, 2))
    assert [number for number in told if number % 2 == 1] == list(range(1, 200, 2))


@pytest.mark.parametrize("published", [1, 3, 5])
async def test_a_crash_between_publishing_and_forgetting_stores_each_once(kit: Kit, published: int) -> None:
    await kit.emit(1, 2, 3, 4, 5)
    async with kit.db.transaction() as tx:
        waiting = await oldest_messages(tx.session, 10)
    await Publisher(kit.connection).publish_batch(waiting[:published])
    assert await kit.relay().step() == 5
    assert await kit.numbers() == [1, 2, 3, 4, 5]
    assert await kit.outbox() == []


async def test_700_messages_go_in_two_atomic_batches(kit: Kit) -> None:
    await kit.emit(*range(700))
    relay = kit.relay()
    assert [await relay.step(), await relay.step(), await relay.step()] == [BATCH_LIMIT, 200, 0]
    headers = [message.headers or {} for message in await kit.stored()]
    assert sorted(Counter(head["Nats-Batch-Id"] for head in headers).values()) == [200, 500]
    assert [int(head["Nats-Batch-Sequence"]) for head in headers] == [*range(1, 501), *range(1, 201)]
    assert await kit.numbers() == list(range(700))


async def test_a_bucket_is_written_between_the_events_around_it(kit: Kit) -> None:
    seen: list[str] = []

    async def see(message: Msg) -> None:
        if message.subject.startswith(("sharing.", "$KV.")):
            seen.append(message.subject.split(".")[0])

    async with kit.db.transaction() as tx:
        tx.emit(numbered(1), key="k")
        tx.emit(numbered(2), key="k")
        tx.put("profiles", "alice", b"Alice")
        tx.emit(numbered(3), key="k")
    async with open_connection(kit.url, name="kit") as outside:
        await outside.client.subscribe(">", cb=see)
        await outside.client.flush()
        await kit.relay().step()
        await eventually(lambda: _length(seen, 4))
    assert seen == ["sharing", "sharing", "$KV", "sharing"]
    bucket = await kit.connection.client.jetstream().key_value("profiles")
    assert (await bucket.get("alice")).value == b"Alice"


async def test_the_relay_waits_while_the_broker_is_away(kit: Kit, broker: NatsServer) -> None:
    async with beside(kit.relay().run()):
        await kit.emit(1, 2)
        await eventually(lambda: _stored(kit, 2))
        await eventually(lambda: _empty(kit))
        await broker.kill()
        try:
            for number in range(3, 23):
                await kit.emit(number)
            assert len(await kit.outbox()) == 20
        finally:
            await broker.start()
        await eventually(lambda: _stored(kit, 22), seconds=20)
        await eventually(lambda: _empty(kit))
    assert await kit.numbers() == list(range(1, 23))


async def test_what_waits_is_measured(kit: Kit) -> None:
    await kit.emit(*range(700))
    await kit.relay().step()
    page = kit.telemetry.exposition().decode()
    assert 'outbox_pending_rows{service="kit"} 200.0' in page
    assert 'outbox_oldest_age_seconds{service="kit"} 0.0\n' not in page


async def _stored(kit: Kit, number: int) -> bool:
    state: dict[str, Any] = (await kit.connection.api("STREAM.INFO.SHARING"))["state"]
    return int(state["messages"]) >= number


async def _empty(kit: Kit) -> bool:
    return not await kit.outbox()


async def _length(seen: list[str], number: int) -> bool:
    return len(seen) == number
