"""Publishing: acknowledged, refused, split into batches."""

import json

import pytest
from nats.aio.msg import Msg
from sqlalchemy import text

from libs.bus.delivery import UnreadableMessage, open_message
from libs.bus.errors import BusUnavailable, PublishRefused
from libs.bus.publish import BATCH_BYTES, BATCH_LIMIT, Publisher, in_batches
from libs.clock import new_id
from libs.events.envelope import subject_of
from libs.storage.inbox import record_new
from libs.storage.outbox import Message
from tests.integration.libs.kit import CLOCK, Kit, numbered, sealed

SUBJECT = "sharing.team.created.v1.00"


def message(subject: str = SUBJECT, *, id_: str = "", size: int = 1) -> Message:
    return Message(id=id_ or str(new_id()), subject=subject, payload=b"x" * size)


def received(payload: bytes) -> Msg:
    return Msg(_client=None, subject=SUBJECT, data=payload)  # type: ignore[arg-type] # only its data is read


async def test_the_broker_tells_a_repetition(kit: Kit) -> None:
    publisher, once = Publisher(kit.connection), message()
    assert await publisher.publish(once) is True
    assert await publisher.publish(once) is False
    assert len(await kit.stored()) == 1


async def test_a_batch_that_repeats_another_whole_changes_nothing(kit: Kit) -> None:
    publisher, batch = Publisher(kit.connection), [message() for _ in range(4)]
    await publisher.publish_batch(batch)
    await publisher.publish_batch(batch)
    assert len(await kit.stored()) == 4


async def test_what_no_stream_keeps_is_not_acknowledged(kit: Kit) -> None:
    with pytest.raises(BusUnavailable):
        await Publisher(kit.connection).publish(message("rumour.team.created.v1.00"))


async def test_a_refusal_carries_jetstreams_code(kit: Kit) -> None:
    with pytest.raises(PublishRefused) as refusal:
        await kit.connection.api("STREAM.INFO.RUMOURS")
    assert refusal.value.code == 10059


async def test_a_bucket_message_overwrites_the_value(kit: Kit) -> None:
    publisher = Publisher(kit.connection)
    await publisher.publish(Message.for_bucket("profiles", "alice", b"Alice"))
    await publisher.publish(Message.for_bucket("profiles", "alice", b"Alicia"))
    (kept,) = await kit.stored("KV_profiles")
    assert kept.data == b"Alicia"


def test_runs_keep_order_and_end_where_the_stream_changes() -> None:
    subjects = ["sharing.a", "sharing.b", "content.a", "$KV.profiles.x", "$KV.profiles.y", "sharing.a"]
    messages = [message(subject) for subject in subjects]
    runs = in_batches(messages)
    assert [len(run) for run in runs] == [2, 1, 1, 1, 1]
    assert [one for run in runs for one in run] == messages


def test_runs_are_bounded_in_number_and_bytes() -> None:
    assert [len(run) for run in in_batches([message() for _ in range(BATCH_LIMIT + 1)])] == [BATCH_LIMIT, 1]
    half = BATCH_BYTES // 2
    assert [len(run) for run in in_batches([message(size=half) for _ in range(5)])] == [2, 2, 1]
    assert [len(run) for run in in_batches([message(size=BATCH_BYTES + 1) for _ in range(2)])] == [1, 1]
    assert in_batches([]) == []


def test_a_good_message_is_opened_with_its_chain() -> None:
    envelope = sealed(7)
    delivery = open_message(received(envelope.to_bytes()))
    assert delivery.event == numbered(7)
    assert delivery.context.correlation_id == "request-kit"
    assert delivery.context.causation_id == envelope.id


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"type": "sharing.rumour.spread.v1"}, "sharing.rumour.spread.v1"),
        ({"type": "sharing.team.created.v2"}, "sharing.team.created.v2"),
        ({"data": {"team_id": "7"}}, "team_id"),
        ({"data": "text"}, "data"),
        ({"time": "2026-11-18T09:00:00"}, "time"),
        ({"id": None}, "id"),
    ],
)
def test_what_cannot_be_opened_says_why(change: dict[str, object], reason: str) -> None:
    wire = {**json.loads(sealed(1).to_bytes()), **change}
    with pytest.raises(UnreadableMessage, match=reason):
        open_message(received(json.dumps(wire).encode()))


async def test_the_inbox_names_what_is_new(kit: Kit) -> None:
    async with kit.db.transaction() as tx:
        assert await record_new(tx, "one", ["a", "b", "a"], now=CLOCK.now()) == {"a", "b"}
    async with kit.db.transaction() as tx:
        assert await record_new(tx, "one", ["b", "c"], now=CLOCK.now()) == {"c"}
        assert await record_new(tx, "other", ["b"], now=CLOCK.now()) == {"b"}
        assert await record_new(tx, "one", [], now=CLOCK.now()) == set()


async def test_a_commit_wakes_the_relay_only_when_it_told_something(kit: Kit) -> None:
    async with kit.db.transaction() as tx:
        await tx.run(text("INSERT INTO effect (number) VALUES (1)"))
    assert not kit.db.written.is_set()
    await kit.emit(1)
    assert kit.db.written.is_set()


async def test_an_event_of_a_partition_has_its_number_for_a_key(kit: Kit) -> None:
    async with kit.db.transaction() as tx:
        tx.emit_batch(numbered(1), partition=7)
    await kit.relay().step()
    (stored,) = await kit.stored()
    assert stored.subject == subject_of("sharing.team.created.v1", 7)
    assert json.loads(stored.data)["partitionkey"] == "07"
