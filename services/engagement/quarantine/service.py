"""Use cases of the quarantine: putting in, trying again, discarding, and showing what waits and why."""

import json
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid5

from libs.auth.principal import Programmes, within
from libs.storage.database import Transaction
from services.engagement.intake import service as intake
from services.engagement.intake.domain import Moved, collected_at
from services.engagement.quarantine import store
from services.engagement.quarantine.domain import (
    AT_ONCE,
    KEPT,
    Act,
    ItemKind,
    Outcome,
    Outcomes,
    Quarantined,
    Unusable,
    after,
    digest_of,
    is_used,
)
from services.engagement.quarantine.errors import NotWaiting, QuarantinedNotFound
from services.engagement.quarantine.store import Counted, Wanted
from services.engagement.shares import service as shares
from services.engagement.shares.domain import ShareName

# Tries items of one kind again, all in one transaction; returns the outcome of each by its id. It writes neither the
# quarantine nor receipts.
Applier = Callable[[Transaction, Sequence[Quarantined]], Awaitable[Mapping[UUID, Outcome]]]
Appliers = Mapping[ItemKind, Applier]


async def put(tx: Transaction, unusable: Sequence[Unusable]) -> list[Unusable]:
    """Keep what cannot be used, in the transaction that found it so; returns the copies of what waits already."""
    if not unusable:
        return []
    rows = [_row(one) for one in unusable]
    fresh = await store.put(tx, list({row["id"]: row for row in rows}.values()))
    copies = []
    for one, row in zip(unusable, rows, strict=True):
        if row["id"] in fresh:
            fresh.discard(row["id"])  # a second copy in one request is a copy too
        else:
            copies.append(one)
    return copies


async def retry_of_shares(
    tx: Transaction, published: Sequence[ShareName], appliers: Appliers, *, now: datetime
) -> Outcomes:
    """Try again what waits for shares that this transaction has kept; what is too much for one is left to a round."""
    await shares.await_resolvers(tx)
    addresses = {share.address for share in published if share.address is not None}
    waiting = await store.of_shares(
        tx,
        ids={share.share_id for share in published if share.share_id is not None},
        addresses=await shares.addresses_leading_to(tx, addresses),
        programmes={share.programme_id for share in published if share.programme_id is not None},
        most=AT_ONCE,
    )
    return await _retry(tx, waiting, appliers, by=None, now=now)


async def retry_found(tx: Transaction, appliers: Appliers, *, now: datetime) -> Outcomes:
    """Try again what waits for shares that are known by now, at most 5,000 items."""
    return await _retry(tx, await store.found(tx, most=AT_ONCE), appliers, by=None, now=now)


async def retry_one(tx: Transaction, id_: UUID, appliers: Appliers, *, by: str, now: datetime) -> Quarantined:
    """Try one item again because an operator asks. Raises QuarantinedNotFound, NotWaiting."""
    waiting = await _hold_waiting(tx, id_)
    await _retry(tx, [waiting], appliers, by=by, now=now)
    return await get(tx, id_, among=None)


async def discard(tx: Transaction, id_: UUID, *, by: str, note: str, now: datetime) -> Quarantined:
    """Take an item out of what waits; it stays listed. Raises QuarantinedNotFound, NotWaiting."""
    item = replace(await _hold_waiting(tx, id_), state="discarded", changed_at=now)
    await store.change(tx, [item], now=now)
    act = Act(quarantined_id=id_, at=now, by=by, act="discard", outcome="discarded", note=note)
    await store.add_acts(tx, {uuid5(id_, "discard"): act})
    return item


async def get(tx: Transaction, id_: UUID, *, among: Programmes) -> Quarantined:
    """Hold and return an item of the programmes `among`. Raises QuarantinedNotFound."""
    found = await store.hold(tx, id_)
    if found is None or not within(among, found.programme_id):
        raise QuarantinedNotFound(f"{id_}; what was applied is forgotten after {KEPT.days} days")
    return found


async def acts_of(tx: Transaction, id_: UUID) -> list[Act]:
    """Return what was done to an item, oldest first."""
    return await store.acts_of(tx, id_)


async def listed(
    tx: Transaction, wanted: Wanted, *, place: tuple[datetime, UUID] | None, limit: int
) -> list[Quarantined]:
    """Return items, newest first, after a place in that order."""
    return await store.listed(tx, wanted, place=place, limit=limit)


async def of_receipt(tx: Transaction, receipt_id: UUID, *, limit: int) -> list[Quarantined]:
    """Return what of one request lies in the quarantine, in the order of places."""
    return await store.of_receipt(tx, receipt_id, limit=limit)


async def reasons(tx: Transaction, programme_id: UUID | None) -> list[Counted]:
    """Return how many items wait for each reason, of one programme or of all."""
    return await store.reasons(tx, programme_id)


async def forget_applied(tx: Transaction, *, now: datetime) -> None:
    """Forget what was applied more than 30 days ago; what waits or was discarded stays."""
    await store.forget_applied(tx, before=now - KEPT)


async def _hold_waiting(tx: Transaction, id_: UUID) -> Quarantined:
    found = await get(tx, id_, among=None)
    if found.state != "open":
        raise NotWaiting(f"it is {found.state} since {found.changed_at.isoformat()}")
    return found


async def _retry(
    tx: Transaction, waiting: Sequence[Quarantined], appliers: Appliers, *, by: str | None, now: datetime
) -> Outcomes:
    outcomes: dict[UUID, Outcome] = {}
    for kind in sorted({item.kind for item in waiting}):
        outcomes |= await appliers[kind](tx, [item for item in waiting if item.kind == kind])
    if not outcomes:
        return Counter()
    changed = [after(item, outcomes[item.id]) for item in waiting]
    await store.change(tx, changed, now=now)
    acts = {
        uuid5(item.id, f"retry {item.tries}"): Act(
            quarantined_id=item.id, at=now, by=by, act="retry", outcome=outcomes[item.id], note=None
        )
        for item in changed
    }
    await store.add_acts(tx, acts)
    moved = [(item.receipt_id, outcomes[item.id]) for item in waiting]
    await intake.move_on_receipts(tx, [Moved(receipt, outcome) for receipt, outcome in moved if is_used(outcome)])
    return Counter(outcomes.values())


def _row(one: Unusable) -> dict[str, object]:
    digest = digest_of(one)
    return {
        # the same for every delivery of one request, so that a replay puts nothing in twice
        "id": uuid5(one.receipt_id, digest),
        "kind": one.kind,
        "programme_id": one.programme_id,
        "door": one.door,
        "reason": one.reason,
        "share_id": one.share.share_id if one.share else None,
        "address": one.share.address if one.share else None,
        "item": json.dumps(one.item, default=str),
        "digest": digest,
        "receipt_id": one.receipt_id,
        "place": one.place,
        "arrived_at": collected_at(one.receipt_id),
    }
