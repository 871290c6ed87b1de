"""Use cases of snapshots: keeping what a door was given, applying accepted counts once, and a share in numbers."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from libs.bus.publish import Publisher
from libs.events.engagement import CountedKind, CountsReported, ReportedCount
from libs.events.envelope import partition_of
from libs.events.intake import AcceptedCount, CountsAccepted
from libs.storage.database import Transaction
from services.engagement.intake import service as intake
from services.engagement.intake.domain import Judged, Receipt, collected_at
from services.engagement.interactions import service as interactions
from services.engagement.interactions.domain import Counted
from services.engagement.quarantine import service as quarantine
from services.engagement.quarantine.domain import Outcome, Quarantined, Reason, Unusable, Used
from services.engagement.shares import service as shares
from services.engagement.shares.domain import KnownShare, Missing, ShareName, refused_time, share_name_of
from services.engagement.snapshots import store
from services.engagement.snapshots.domain import Latest, Placed, ReadingKey, placed

MOST_TOLD = 500


@dataclass(frozen=True, slots=True)
class Engagement:
    """A share in numbers: what was counted one by one, and what was reported as a count."""

    counters: Sequence[Counted]
    latest: Latest


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What became of a batch. `duplicates` are those known before; of these, `conflicts` said another count."""

    new: int
    duplicates: int
    conflicts: int
    quarantined: Counter[Reason]


async def keep(
    publisher: Publisher, programme_id: UUID, judged: Judged[AcceptedCount], receipt_id: UUID, now: datetime
) -> None:
    """Return once what is valid is on the broker's disk. Raises NothingAccepted, BusUnavailable."""
    if not judged.accepted:
        raise intake.nothing_accepted(judged.refusals, field="body")
    event = CountsAccepted(
        receipt_id=receipt_id, programme_id=programme_id, door="snapshots", counts=tuple(judged.accepted)
    )
    await intake.keep(publisher, event, now=now)


async def apply_counts(tx: Transaction, batch: CountsAccepted) -> Applied:
    """Keep and tell the readings that are new; what cannot be used goes to the quarantine."""
    found = await shares.resolve(tx, {_name(batch, count) for count in batch.counts})
    usable, unusable = _place(batch, found)
    used = Counter(await _keep(tx, usable))
    copies = await quarantine.put(tx, unusable)
    reasons = Counter(one.reason for one in unusable)
    reasons.subtract(one.reason for one in copies)
    applied = Applied(
        new=used["new"],
        duplicates=used["duplicate"] + used["conflict"] + len(copies),
        conflicts=used["conflict"],
        quarantined=+reasons,
    )
    await intake.add_to_receipts(tx, [_receipt(batch, applied)])
    return applied


async def forecast(tx: Transaction, batch: CountsAccepted) -> Counter[Reason]:
    """Return why counts of a batch could not be used if it were applied now; writes and holds nothing."""
    found = await shares.find(tx, {_name(batch, count) for count in batch.counts})
    return Counter(one.reason for one in _place(batch, found)[1])


async def apply_again(tx: Transaction, items: Sequence[Quarantined]) -> dict[UUID, Outcome]:
    """Apply counts that lay in the quarantine; returns what became of each."""
    batches = {item.id: _batch_of(item) for item in items}
    found = await shares.resolve(tx, {_name(batch, batch.counts[0]) for batch in batches.values()})
    outcomes: dict[UUID, Outcome] = {}
    keeping: dict[UUID, Placed] = {}
    for id_, batch in batches.items():
        usable, unusable = _place(batch, found)
        if unusable:
            outcomes[id_] = unusable[0].reason
        else:
            keeping[id_] = usable[0]
    return outcomes | dict(zip(keeping, await _keep(tx, list(keeping.values())), strict=True))


async def engagement_of(tx: Transaction, share_id: UUID) -> Engagement:
    """Return a share in numbers."""
    return Engagement(await interactions.counters_of(tx, share_id), await store.latest_of(tx, share_id))


def _name(batch: CountsAccepted, count: AcceptedCount) -> ShareName:
    return share_name_of(batch.programme_id, count.share_id, count.post_url)


def _place(
    batch: CountsAccepted, found: Mapping[ShareName, KnownShare | Missing]
) -> tuple[list[Placed], list[Unusable]]:
    """Bring each count to its share, or say why it cannot be used."""
    usable: list[Placed] = []
    unusable: list[Unusable] = []
    now = collected_at(batch.receipt_id)
    for count in batch.counts:
        share = found[_name(batch, count)]
        if not isinstance(share, KnownShare):
            unusable.append(_unusable(batch, count, share))
        elif refused_time(count.read_at, share, now=now):
            unusable.append(_unusable(batch, count, "impossible-time"))
        else:
            usable.append(placed(count, share, batch.receipt_id))
    return usable, unusable


def _unusable(batch: CountsAccepted, count: AcceptedCount, reason: Reason) -> Unusable:
    return Unusable(
        kind="count",
        programme_id=batch.programme_id,
        door=batch.door,
        reason=reason,
        share=_name(batch, count),
        item=json.loads(count.model_dump_json()),
        receipt_id=batch.receipt_id,
        place=count.place,
    )


def _batch_of(item: Quarantined) -> CountsAccepted:
    count = AcceptedCount.model_validate_json(json.dumps(item.item))
    return CountsAccepted(receipt_id=item.receipt_id, programme_id=item.programme_id, door=item.door, counts=(count,))


async def _keep(tx: Transaction, usable: Sequence[Placed]) -> list[Used]:
    """Write and tell what is new, note what contradicts; returns what became of each, in the same order."""
    first: dict[ReadingKey, Placed] = {}
    for one in usable:
        first.setdefault(one.key, one)
    if not first:
        return []
    new = await store.add_new(tx, {key: one.count.count for key, one in first.items()})
    known = {key: first[key].count.count for key in new}
    if older := set(first) - new:
        known |= await store.counts_of(tx, older)
    used = [_used(one, first=first, new=new, known=known) for one in usable]
    conflicts = {
        (one.key, one.count.count, one.receipt_id)
        for one, outcome in zip(usable, used, strict=True)
        if outcome == "conflict"
    }
    if conflicts:
        await store.add_conflicts(tx, conflicts)
    _tell(tx, [one for one, outcome in zip(usable, used, strict=True) if outcome == "new" and one.told])
    return used


def _used(
    one: Placed, *, first: Mapping[ReadingKey, Placed], new: set[ReadingKey], known: Mapping[ReadingKey, int]
) -> Used:
    if one.key in new and first[one.key] is one:
        return "new"
    return "duplicate" if known[one.key] == one.count.count else "conflict"


def _tell(tx: Transaction, new: Iterable[Placed]) -> None:
    groups: dict[tuple[UUID, int], list[ReportedCount]] = defaultdict(list)
    for one in new:
        partition = partition_of(str(one.share.ambassador_id))
        groups[one.share.programme_id, partition].append(_reported(one))
    for (programme_id, partition), reported in groups.items():
        for start in range(0, len(reported), MOST_TOLD):
            part = tuple(reported[start : start + MOST_TOLD])
            tx.emit_batch(CountsReported(programme_id=programme_id, counts=part), partition=partition)


def _reported(one: Placed) -> ReportedCount:
    return ReportedCount(
        share_id=one.share.share_id,
        ambassador_id=one.share.ambassador_id,
        kind=cast("CountedKind", one.count.kind),  # `told` has looked
        count=one.count.count,
        read_at=one.count.read_at,
        provenance=one.count.provenance,
    )


def _receipt(batch: CountsAccepted, applied: Applied) -> Receipt:
    return Receipt(
        receipt_id=batch.receipt_id,
        programme_id=batch.programme_id,
        accepted=len(batch.counts) if batch.accepted is None else batch.accepted,
        new=applied.new,
        duplicates=applied.duplicates,
        conflicts=applied.conflicts,
        quarantined=applied.quarantined.total(),
    )
