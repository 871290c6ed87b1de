"""Use cases of snapshots: applying accepted counts once, telling them, and a share in numbers."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from libs.events.engagement import CountsReported, ReportedCount
from libs.events.envelope import partition_of
from libs.events.intake import AcceptedCount, CountsAccepted
from libs.storage.database import Transaction
from services.engagement.intake import service as intake
from services.engagement.intake.domain import Receipt
from services.engagement.interactions import service as interactions
from services.engagement.interactions.domain import Counted
from services.engagement.shares import service as shares
from services.engagement.snapshots import store
from services.engagement.snapshots.domain import Count, key_of

MOST_TOLD = 500


@dataclass(frozen=True, slots=True)
class Engagement:
    """A share in numbers: what was counted one by one, and what was reported as a count."""

    counters: Sequence[Counted]
    counts: Sequence[Count]


async def apply_counts(tx: Transaction, batch: CountsAccepted) -> None:
    """Keep and tell the readings that are new. Raises ShareNotYetKnown."""
    known = await shares.hold_shares(tx, {count.share_id for count in batch.counts})
    first: dict[tuple[object, ...], AcceptedCount] = {}
    for count in batch.counts:
        first.setdefault(key_of(count), count)
    new = await store.add_new(tx, {key_of(count): count.count for count in first.values()})
    authors = {share_id: share.ambassador_id for share_id, share in known.items()}
    _tell(tx, batch.programme_id, [_reported(count, authors) for key, count in first.items() if key in new])
    await intake.add_to_receipts(tx, [_receipt(batch, len(new))])


async def engagement_of(tx: Transaction, share_id: UUID) -> Engagement:
    """Return a share in numbers."""
    return Engagement(await interactions.counters_of(tx, share_id), await store.latest_of(tx, share_id))


def _reported(count: AcceptedCount, authors: dict[UUID, UUID]) -> ReportedCount:
    return ReportedCount(
        share_id=count.share_id,
        ambassador_id=authors[count.share_id],
        kind=count.kind,
        count=count.count,
        read_at=count.read_at,
        provenance=count.provenance,
    )


def _tell(tx: Transaction, programme_id: UUID, counts: Iterable[ReportedCount]) -> None:
    groups: dict[int, list[ReportedCount]] = defaultdict(list)
    for count in counts:
        groups[partition_of(str(count.ambassador_id))].append(count)
    for partition, reported in groups.items():
        for start in range(0, len(reported), MOST_TOLD):
            part = tuple(reported[start : start + MOST_TOLD])
            tx.emit_batch(CountsReported(programme_id=programme_id, counts=part), partition=partition)


def _receipt(batch: CountsAccepted, new: int) -> Receipt:
    size = len(batch.counts)
    return Receipt(
        receipt_id=batch.receipt_id,
        programme_id=batch.programme_id,
        accepted=batch.accepted or size,
        new=new,
        duplicates=size - new,
        conflicts=0,
    )
