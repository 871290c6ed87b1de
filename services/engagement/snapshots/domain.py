"""Rules of absolute counts: what makes two readings the same, and which of them are told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, get_args
from uuid import UUID

from libs.events.engagement import CountedKind, Provenance
from libs.events.intake import AcceptedCount, ReadKind
from services.engagement.shares.domain import KnownShare

MOST_COUNTED = 100_000_000
TOLD: frozenset[str] = frozenset(get_args(CountedKind))  # views, reach and follows earn nothing: they stay here


class ReadingKey(NamedTuple):
    """One look at one number. A second report of the same look is a duplicate, and the first one stays."""

    share_id: UUID
    kind: str
    read_at: datetime
    provenance: str


@dataclass(frozen=True, slots=True)
class Placed:
    """An accepted count whose share has been found, with the request that it came in."""

    key: ReadingKey
    count: AcceptedCount
    share: KnownShare
    receipt_id: UUID

    @property
    def told(self) -> bool:
        """Whether others hear of it: the five kinds that can earn, and never an estimate."""
        return self.count.kind in TOLD and self.count.provenance != "estimated"


def placed(count: AcceptedCount, share: KnownShare, receipt_id: UUID) -> Placed:
    """Bring a count to its share."""
    key = ReadingKey(share.share_id, count.kind, count.read_at, count.provenance)
    return Placed(key, count, share, receipt_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """The latest that is known of one kind on one share."""

    kind: ReadKind
    count: int
    read_at: datetime
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Latest:
    """The latest counts of a share by kind; estimates apart, for they never stand in for what was read."""

    reported: Sequence[Count]
    estimated: Sequence[Count]
