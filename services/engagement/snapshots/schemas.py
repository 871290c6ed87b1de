"""Bodies of requests with absolute counts, each judged on its own, and the answer about a share in numbers."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from libs.events.engagement import Kind, Provenance
from libs.events.intake import AcceptedCount, ReadKind
from libs.problems import FieldError
from services.engagement.intake.domain import Judged, Refusal, refused_moment
from services.engagement.intake.schemas import MOST_ITEMS, items_in, list_schema, refusal_of
from services.engagement.interactions.domain import Counted
from services.engagement.interactions.schemas import Moment, PostUrl
from services.engagement.shares.domain import faults_of_naming
from services.engagement.snapshots.domain import MOST_COUNTED, Count, Latest


class SnapshotIn(BaseModel):
    """One absolute count of one kind on one share, named by `share_id` or by `post_url`, as it was read at a time."""

    model_config = ConfigDict(extra="forbid")

    share_id: UUID | None = None
    post_url: Annotated[PostUrl | None, Field(description="The address of the post.")] = None
    kind: ReadKind
    count: Annotated[int, Field(strict=True, ge=0, le=MOST_COUNTED, description="All there were, not how many more.")]
    read_at: Moment
    provenance: Provenance


ITEMS = TypeAdapter(Annotated[list[SnapshotIn], Field(min_length=1, max_length=MOST_ITEMS)])
BATCH_SCHEMA = list_schema(SnapshotIn)


def read_batch(body: bytes, now: datetime) -> Judged[AcceptedCount]:
    """Judge each item of a body by its form.

    Raises MalformedBody (no JSON in UTF-8), InvalidRequest (no list of 1 to 1000 items).
    """
    try:
        items: list[SnapshotIn | Refusal] = list(ITEMS.validate_json(body))
    except ValidationError:  # item by item only where one is wrong
        items = [_read_one(place, raw) for place, raw in enumerate(items_in(body, "counts"))]
    return Judged.of(_judged(place, item, now=now) for place, item in enumerate(items))


def _read_one(place: int, raw: object) -> SnapshotIn | Refusal:
    try:
        return SnapshotIn.model_validate(raw)
    except ValidationError as error:
        return refusal_of(place, error)


def _judged(place: int, item: SnapshotIn | Refusal, *, now: datetime) -> AcceptedCount | Refusal:
    if isinstance(item, Refusal):
        return item
    faults = faults_of_naming(item.share_id, item.post_url)
    if reason := refused_moment(item.read_at, now=now):
        faults.append(FieldError("read_at", reason))
    if faults:
        return Refusal(place, tuple(faults))
    return AcceptedCount(**{**item.model_dump(), "read_at": item.read_at.astimezone(UTC), "place": place})


class CounterOut(BaseModel):
    """Interactions of one kind by people, each counted once; the author's own apart, for they earn nothing."""

    kind: Kind
    counted: int
    own: int


class ReadingOut(BaseModel):
    """The latest absolute count of one kind, nobody named."""

    kind: ReadKind
    count: int
    read_at: AwareDatetime
    provenance: Literal["measured", "imported", "declared"]


class EstimateOut(BaseModel):
    """The latest estimate of one kind."""

    kind: ReadKind
    count: int
    read_at: AwareDatetime


class EngagementOut(BaseModel):
    """A share in numbers. Counted and reported numbers overlap: never add one to the other, nor estimates to either."""

    share_id: UUID
    interactions: list[CounterOut]
    reported: list[ReadingOut]
    estimated: list[EstimateOut]

    @classmethod
    def of(cls, share_id: UUID, counters: Sequence[Counted], latest: Latest) -> "EngagementOut":
        """Shape counters and counts."""
        return cls(
            share_id=share_id,
            interactions=[CounterOut(kind=row.kind, counted=row.counted, own=row.own) for row in counters],
            reported=[ReadingOut.model_validate(row, from_attributes=True) for row in latest.reported],
            estimated=[_estimate(row) for row in latest.estimated],
        )


def _estimate(row: Count) -> EstimateOut:
    return EstimateOut(kind=row.kind, count=row.count, read_at=row.read_at)
