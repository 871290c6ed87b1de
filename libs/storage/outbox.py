"""The outbox: messages written in the transaction of the change that they tell of, read by the relay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from libs.clock import new_id
from libs.events.envelope import Event, partition_of, sealed, subject_of
from libs.storage.session import execute
from libs.storage.tables import OutboxRow
from libs.telemetry.context import current

MAX_MESSAGE_BYTES = 1_000_000  # just under the default limit of NATS, so that any server takes what we tell


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Bytes for a NATS subject, with the id by which the broker knows a repetition."""

    id: str
    subject: str
    payload: bytes
    sequence: int = 0

    @classmethod
    def for_bucket(cls, bucket: str, key: str, value: bytes) -> "Message":
        """Return the message that puts `value` under `key` into a key-value bucket (NATS ADR-8)."""
        return cls(id=str(new_id()), subject=f"$KV.{bucket}.{key}", payload=value)


def message_of(event: Event, *, key: str, service: str, now: datetime) -> Message:
    """Return the sealed event on the subject of its key's partition."""
    return _sealed(event, key=key, partition=partition_of(key), service=service, now=now)


def partition_message(event: Event, *, partition: int, service: str, now: datetime) -> Message:
    """Return the sealed event on the subject of a partition; its key is the partition's number."""
    return _sealed(event, key=f"{partition:02d}", partition=partition, service=service, now=now)


def _sealed(event: Event, *, key: str, partition: int, service: str, now: datetime) -> Message:
    context, id_ = current(), str(new_id())
    payload = sealed(
        event,
        id=id_,
        source=service,
        key=key,
        time=now,
        correlation_id=context.correlation_id,
        causation_id=context.causation_id,
        traceparent=context.traceparent,
    )
    return Message(id=id_, subject=subject_of(event.type, partition), payload=payload)


_INSERT = text("""
    INSERT INTO outbox (message_id, subject, payload, created_at)
    SELECT message_id, subject, payload, :now
    FROM unnest(CAST(:ids AS text[]), CAST(:subjects AS text[]), CAST(:payloads AS bytea[]))
         WITH ORDINALITY AS told(message_id, subject, payload, number)
    ORDER BY number
""")
_OLDEST = text("SELECT sequence, message_id, subject, payload FROM outbox ORDER BY sequence LIMIT :limit")
_WAITS = text("SELECT EXISTS (SELECT FROM outbox)")
_DELETE = text("DELETE FROM outbox WHERE sequence = ANY(CAST(:sequences AS bigint[]))")


async def insert_messages(session: AsyncSession, messages: Sequence[Message], *, now: datetime) -> None:
    """Write messages in the order in which they were emitted. Raises ValueError for one that no broker would take."""
    for message in messages:
        if len(message.payload) > MAX_MESSAGE_BYTES:  # refused for ever, it would hold up all that waits behind it
            raise ValueError(f"{message.subject}: {len(message.payload)} bytes, the most is {MAX_MESSAGE_BYTES}")
    if messages:
        columns = {
            "ids": [message.id for message in messages],
            "subjects": [message.subject for message in messages],
            "payloads": [message.payload for message in messages],
        }
        await execute(session, _INSERT, {**columns, "now": now})


async def oldest_messages(session: AsyncSession, limit: int) -> list[Message]:
    """Return the oldest waiting messages in order."""
    found = await execute(session, _OLDEST, {"limit": limit})
    return [
        Message(id=row.message_id, subject=row.subject, payload=row.payload, sequence=row.sequence)
        for row in found.all()
    ]


async def anything_waits(connection: AsyncConnection) -> bool:
    """Return whether the outbox holds a message."""
    return bool((await connection.execute(_WAITS)).scalar_one())


async def delete_messages(session: AsyncSession, sequences: Sequence[int]) -> None:
    """Forget messages that the broker has acknowledged."""
    await execute(session, _DELETE, {"sequences": list(sequences)})


async def backlog(session: AsyncSession) -> tuple[int, datetime | None]:
    """Return how many messages wait and since when the oldest does."""
    query = select(func.count(), func.min(col(OutboxRow.created_at))).select_from(OutboxRow)
    count, oldest = tuple((await execute(session, query)).one())
    return count, oldest
