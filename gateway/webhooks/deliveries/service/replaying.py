"""Use cases of replays: what streams keep is queued again, as fast as the endpoint takes it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from gateway.webhooks.deliveries import store
from gateway.webhooks.deliveries.domain import Bounds, Fact, Reason
from gateway.webhooks.deliveries.errors import ReplayNotFound, ReplayUnderWay
from gateway.webhooks.deliveries.service.pairing import NewId, hears, rows_of
from gateway.webhooks.deliveries.tables import Replay
from gateway.webhooks.subscriptions import service as subscriptions
from gateway.webhooks.subscriptions.tables import Webhook
from libs.storage.database import Transaction

ROUNDING = timedelta(seconds=1)  # a consumer's time of a message is not exact to the last digit


async def ask(tx: Transaction, webhook: Webhook, *, since: datetime, again: bool, now: datetime) -> Replay:
    """Begin a replay of a held webhook: all that it hears, from a time until now. Raises ReplayUnderWay.

    `again` sends also what had arrived.
    """
    subscriptions.require_enabled(webhook)
    row = await store.find_replay(tx, webhook.id, lock=True)
    if row is not None and row.ended_at is None:
        raise ReplayUnderWay(f"it reads on from {row.since.isoformat()}; ask again once it has ended")
    begun = _begun(webhook.id, Reason.ASKED, since=since, until=now, again=again, types=webhook.event_types, now=now)
    return await store.put_replay(tx, begun)


async def last(tx: Transaction, webhook_id: UUID) -> Replay:
    """Return the last replay of a webhook. Raises ReplayNotFound."""
    if (row := await store.find_replay(tx, webhook_id)) is None:
        raise ReplayNotFound("none was asked for yet")
    return row


async def leave_for_later(tx: Transaction, webhook_id: UUID, facts: Sequence[Fact], *, now: datetime) -> None:
    """Have facts read from their streams again later; a replay that has not ended takes them along."""
    await subscriptions.find_held(tx, webhook_id)  # so that of two consumers one makes the row
    row = await store.find_replay(tx, webhook_id, lock=True)
    first, end = min(fact.stored_at for fact in facts), max(fact.stored_at for fact in facts) + ROUNDING
    if row is None or row.ended_at is not None:
        row = _begun(webhook_id, Reason.BACKLOG, since=first, until=end, again=False, types=(), now=now)
    positions = dict(row.positions)
    for fact in facts:
        kind = fact.event.type
        # what was to be read from a time on is read from there; else from the first that was left out
        if kind in positions or kind not in row.open_types:
            positions[kind] = min(positions.get(kind, fact.sequence), fact.sequence)
    row.since, row.until = min(row.since, first), max(row.until, end)
    row.positions, row.open_types = positions, sorted({*row.open_types, *(fact.event.type for fact in facts)})
    await store.put_replay(tx, row)


async def claim(tx: Transaction, *, bounds: Bounds) -> tuple[Replay, Webhook] | None:
    """Hold a replay that has work to do, with its webhook: one for whose endpoint not too much waits already."""
    row = await store.claim_replay(tx, most=max(bounds.backlog // 2, 1))
    return (row, await subscriptions.get(tx, row.webhook_id, among=None)) if row else None


async def queue_again(
    tx: Transaction,
    row: Replay,
    webhook: Webhook,
    facts: Sequence[Fact],
    *,
    new_id: NewId,
    now: datetime,
) -> int:
    """Queue what the webhook of a held replay hears among facts; returns how many deliveries are due by that.

    One that waits already is left as it is, and one that is there keeps its id: the receiver knows the event again.
    """
    pairs = [(webhook, fact) for fact in facts if hears(webhook, fact)]
    queued = await store.add_again(tx, rows_of(pairs, new_id), again=row.again, now=now) if pairs else 0
    row.queued += queued
    return queued


async def advance(tx: Transaction, row: Replay, kind: str, *, position: int | None, now: datetime) -> None:
    """Keep how far a type was read: the next sequence, or None where all until the replay's end has been."""
    if position is not None:
        row.positions = {**row.positions, kind: position}
    else:
        row.open_types = [one for one in row.open_types if one != kind]
    row.worked_at = now
    row.ended_at = None if row.open_types else now
    await store.put_replay(tx, row)


def _begun(
    webhook_id: UUID,
    reason: Reason,
    *,
    since: datetime,
    until: datetime,
    again: bool,
    types: Sequence[str],
    now: datetime,
) -> Replay:
    return Replay(
        webhook_id=webhook_id,
        reason=reason.value,
        since=since,
        until=until,
        again=again,
        positions={},
        open_types=list(types),
        queued=0,
        asked_at=now,
        worked_at=now,
    )
