"""Use case: an event becomes one delivery for each webhook that hears it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from gateway.webhooks.deliveries import store
from gateway.webhooks.deliveries.domain import Bounds, Fact
from gateway.webhooks.deliveries.service import replaying
from gateway.webhooks.deliveries.service.pairing import NewId, Pair, hears, rows_of
from gateway.webhooks.subscriptions import service as subscriptions
from gateway.webhooks.subscriptions.domain.events import programme_of
from libs.storage.database import Transaction
from libs.storage.inbox import record_new

SKEW = timedelta(minutes=1)  # between the clocks of who tells and who subscribes


async def queue(
    tx: Transaction, facts: Sequence[Fact], *, consumer: str, bounds: Bounds, new_id: NewId, now: datetime
) -> set[str]:
    """Add a delivery for each new fact and each webhook that hears it; returns the ids of facts not heard before.

    The inbox holds only facts that somebody hears: for the others there is nothing that could happen twice. Where too
    much waits for an endpoint already, a replay takes the fact from its stream once there is room again.
    """
    heard = await _heard(tx, facts)
    new = await record_new(tx, consumer, [fact.id for _, fact in heard], now=now) if heard else set()
    pairs = [(webhook, fact) for webhook, fact in heard if fact.id in new]
    if pairs:
        room = await store.room(tx, {webhook.id for webhook, _ in pairs}, most=bounds.backlog)
        fitting, left_out = fitted(pairs, room)
        await store.add(tx, rows_of(fitting, new_id), now=now)
        for webhook_id, too_many in sorted(left_out.items()):
            await replaying.leave_for_later(tx, webhook_id, too_many, now=now)
    return {fact.id for fact in facts} - {fact.id for _, fact in heard} | new


def fitted(pairs: Sequence[Pair], room: Mapping[UUID, int]) -> tuple[list[Pair], dict[UUID, list[Fact]]]:
    """Return what fits into the backlog of each webhook, the earliest first, and the facts that do not."""
    fitting: list[Pair] = []
    left_out = defaultdict[UUID, list[Fact]](list)
    left = dict(room)
    for webhook, fact in pairs:
        left[webhook.id] -= 1
        if left[webhook.id] >= 0:
            fitting.append((webhook, fact))
        else:
            left_out[webhook.id].append(fact)
    return fitting, dict(left_out)


async def _heard(tx: Transaction, facts: Sequence[Fact]) -> list[Pair]:
    by_programme = defaultdict[UUID, list[Fact]](list)
    for fact in facts:
        by_programme[programme_of(fact.event)].append(fact)
    return [
        (webhook, fact)
        for webhook in await subscriptions.hearing(tx, set(by_programme), {fact.event.type for fact in facts})
        for fact in by_programme[webhook.programme_id]
        # should the stream be read from its beginning again, nobody is sent what was told before they asked
        if fact.at >= webhook.created_at - SKEW and hears(webhook, fact)
    ]
