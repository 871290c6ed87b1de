"""Every statement about deliveries and replays."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import SQLModel, col, select

from gateway.webhooks.deliveries.domain.turns import Candidate
from gateway.webhooks.deliveries.tables import Delivery, Replay
from libs.storage.database import Transaction

# How many wait is counted no further than it matters.
_WAITING = """
    (SELECT count(*) FROM (
        SELECT 1 FROM delivery WHERE delivery.webhook_id = {of} AND next_at IS NOT NULL LIMIT :most
    ) AS waiting)
"""
_ROOM = text(f"""
    SELECT asked.id, :most - {_WAITING.format(of="asked.id")} AS room
    FROM unnest(CAST(:ids AS uuid[])) AS asked (id)
""")
_COLUMNS = """
    INSERT INTO delivery (id, webhook_id, event_id, event_type, body, sequence, state, attempts, tried, log, next_at,
        created_at)
    SELECT id, webhook_id, event_id, event_type, body, sequence, 'waiting', 0, 0, '[]'::jsonb, :now, :now
    FROM unnest(
        CAST(:ids AS uuid[]), CAST(:webhooks AS uuid[]), CAST(:events AS text[]), CAST(:types AS text[]),
        CAST(:bodies AS bytea[]), CAST(:sequences AS bigint[])
    ) AS new (id, webhook_id, event_id, event_type, body, sequence)
    ON CONFLICT (webhook_id, event_id)
"""
_ADD = text(f"{_COLUMNS} DO NOTHING RETURNING id")
_ADD_AGAIN = text(f"""
    {_COLUMNS} DO UPDATE SET state = 'waiting', tried = 0, next_at = :now, ended_at = NULL
    WHERE delivery.state = 'failed' OR (:again AND delivery.state = 'delivered')
    RETURNING id
""")
# For each endpoint its oldest few, then one of each before the second of any.
_DUE = text("""
    SELECT due.id, webhook.id AS webhook_id
    FROM webhook
    CROSS JOIN LATERAL (
        SELECT found.id, found.next_at, row_number() OVER (ORDER BY found.next_at, found.id) AS place
        FROM (
            SELECT delivery.id, delivery.next_at FROM delivery
            WHERE delivery.webhook_id = webhook.id AND delivery.next_at <= :now
            ORDER BY delivery.next_at LIMIT :each
        ) AS found
    ) AS due
    WHERE webhook.disabled_at IS NULL AND coalesce(webhook.throttled_until <= :now, true)
        AND (webhook.failing_since IS NOT NULL) = :failing AND webhook.id <> ALL (CAST(:full AS uuid[]))
    ORDER BY due.place, due.next_at LIMIT :places
""")
# Whoever claims it first has it; another process passes over it without waiting.
_CLAIM = text("""
    UPDATE delivery SET state = 'sending', attempts = attempts + 1, tried = tried + 1, next_at = :lease
    WHERE id IN (
        SELECT id FROM delivery WHERE id = ANY (CAST(:ids AS uuid[])) AND next_at <= :now FOR UPDATE SKIP LOCKED
    )
    RETURNING id, webhook_id, event_id, body, attempts
""")
_CLAIM_REPLAY = text(f"""
    SELECT webhook_replay.webhook_id
    FROM webhook_replay JOIN webhook ON webhook.id = webhook_replay.webhook_id
    WHERE ended_at IS NULL AND webhook.disabled_at IS NULL AND {_WAITING.format(of="webhook.id")} < :most
    ORDER BY worked_at LIMIT 1 FOR UPDATE OF webhook_replay SKIP LOCKED
""")
_FORGET_ENDED = text("""
    DELETE FROM delivery WHERE id IN (SELECT id FROM delivery WHERE ended_at < :before LIMIT :most) RETURNING id
""")
_FORGET_HELD = text("""
    DELETE FROM delivery WHERE id IN (
        SELECT delivery.id FROM delivery JOIN webhook ON webhook.id = delivery.webhook_id
        WHERE webhook.disabled_at < :before LIMIT :most
    ) RETURNING id
""")
_BACKLOG = text("""
    SELECT count(*) AS waiting, min(next_at) FILTER (WHERE next_at <= :now) AS oldest
    FROM delivery JOIN webhook ON webhook.id = delivery.webhook_id
    WHERE next_at IS NOT NULL AND webhook.disabled_at IS NULL
""")


async def save(tx: Transaction, row: SQLModel) -> None:
    """Insert a row, or write what changed of it."""
    tx.session.add(row)
    await tx.session.flush()


async def room(tx: Transaction, ids: Collection[UUID], *, most: int) -> dict[UUID, int]:
    """Return how many deliveries more may wait for each webhook, where `most` may in all."""
    return {row.id: row.room for row in (await tx.run(_ROOM, {"ids": list(ids), "most": most})).all()}


async def add(tx: Transaction, rows: Sequence[Mapping[str, Any]], *, now: datetime) -> int:
    """Insert deliveries that are due now, but those that are there; returns how many are new."""
    return len((await tx.run(_ADD, {**_columns(rows), "now": now})).all())


async def add_again(tx: Transaction, rows: Sequence[Mapping[str, Any]], *, again: bool, now: datetime) -> int:
    """Insert deliveries, and make those that have failed due once more, with `again` those that arrived too.

    Returns how many are due by this.
    """
    return len((await tx.run(_ADD_AGAIN, {**_columns(rows), "again": again, "now": now})).all())


def _columns(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    names = {"ids": "id", "webhooks": "webhook_id", "events": "event_id", "types": "event_type", "bodies": "body"}
    return {many: [row[one] for row in rows] for many, one in {**names, "sequences": "sequence"}.items()}


async def due(
    tx: Transaction, *, failing: bool, full: Collection[UUID], each: int, places: int, now: datetime
) -> list[Candidate]:
    """Return deliveries that are due, of endpoints that failed last or of the others, but of those in `full`."""
    values = {"failing": failing, "full": list(full), "each": each, "places": places, "now": now}
    return [Candidate(row.id, row.webhook_id) for row in (await tx.run(_DUE, values)).all()]


async def claim(tx: Transaction, ids: Collection[UUID], *, lease: datetime, now: datetime) -> Sequence[Any]:
    """Claim deliveries until the end of the lease; returns those that nobody else had."""
    return (await tx.run(_CLAIM, {"ids": list(ids), "lease": lease, "now": now})).all()


async def find(tx: Transaction, delivery_id: UUID, *, lock: bool = False) -> Delivery | None:
    """Return a delivery; locked, nobody else changes it until the commit."""
    return await tx.session.get(Delivery, delivery_id, with_for_update=lock or None, populate_existing=lock)


async def before(
    tx: Transaction, webhook_id: UUID, last: UUID | None, *, state: str | None, limit: int
) -> Sequence[Delivery]:
    """Return deliveries of a webhook, newest first, from just before `last`."""
    query = select(Delivery).where(Delivery.webhook_id == webhook_id)
    if state:
        query = query.where(Delivery.state == state)
    if last:
        query = query.where(col(Delivery.id) < last)
    return (await tx.session.exec(query.order_by(col(Delivery.id).desc()).limit(limit))).all()


async def find_replay(tx: Transaction, webhook_id: UUID, *, lock: bool = False) -> Replay | None:
    """Return the last replay of a webhook; locked, nobody else changes it until the commit."""
    return await tx.session.get(Replay, webhook_id, with_for_update=lock or None, populate_existing=lock)


async def put_replay(tx: Transaction, row: Replay) -> Replay:
    """Write the last replay of a webhook, in the place of the one before it."""
    put = await tx.session.merge(row)
    await tx.session.flush()
    return put


async def claim_replay(tx: Transaction, *, most: int) -> Replay | None:
    """Hold the replay that was worked on longest ago, that nobody holds, and for whose webhook fewer wait."""
    webhook_id = (await tx.run(_CLAIM_REPLAY, {"most": most})).scalar()
    return await find_replay(tx, webhook_id) if webhook_id else None


async def forget(tx: Transaction, *, before: datetime, most: int) -> int:
    """Delete deliveries that ended before a time, or whose webhook was disabled before it; returns how many."""
    values = {"before": before, "most": most}
    ended, held = (await tx.run(_FORGET_ENDED, values)).all(), (await tx.run(_FORGET_HELD, values)).all()
    return max(len(ended), len(held))


async def backlog(tx: Transaction, *, now: datetime) -> tuple[int, datetime | None]:
    """Return how many deliveries wait for endpoints that are enabled, and since when the oldest is due."""
    row = (await tx.run(_BACKLOG, {"now": now})).one()
    return row.waiting, row.oldest
