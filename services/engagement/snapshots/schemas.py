"""The answer about a share in numbers."""

from collections.abc import Sequence
from uuid import UUID

from pydantic import AwareDatetime, BaseModel

from libs.events.engagement import CountedKind, Kind, Provenance
from services.engagement.interactions.domain import Counted
from services.engagement.snapshots.domain import Count


class CounterOut(BaseModel):
    """Interactions of one kind by people, each counted once; the author's own apart, for they earn nothing."""

    kind: Kind
    counted: int
    own: int


class ReadingOut(BaseModel):
    """The latest absolute count of one kind, nobody named."""

    kind: CountedKind
    count: int
    read_at: AwareDatetime
    provenance: Provenance


class EngagementOut(BaseModel):
    """A share in numbers. Counted and reported numbers overlap: never add one to the other."""

    share_id: UUID
    interactions: list[CounterOut]
    reported: list[ReadingOut]

    @classmethod
    def of(cls, share_id: UUID, counters: Sequence[Counted], counts: Sequence[Count]) -> "EngagementOut":
        """Shape counters and counts."""
        return cls(
            share_id=share_id,
            interactions=[CounterOut(kind=row.kind, counted=row.counted, own=row.own) for row in counters],
            reported=[
                ReadingOut(kind=row.kind, count=row.count, read_at=row.read_at, provenance=row.provenance)
                for row in counts
            ],
        )
