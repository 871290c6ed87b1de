"""Rules of the doors: what a refusal is, how long a receipt may be asked for, in how many events results are told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Generic, Literal, TypeVar
from uuid import UUID

from libs.events.envelope import PARTITIONS, partition_of
from libs.problems import FieldError

ItemT = TypeVar("ItemT")
KEPT = timedelta(days=30)  # as long as the stream INTAKE can replay
AHEAD = timedelta(minutes=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CLOCKS_DIFFER = timedelta(minutes=5)
FIRST_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
SHOWN_ERRORS = 100
RFC_9562_TIME = 7
FEWEST_LANES = 4
TOGETHER = 128  # facts of an event, more or less: what comes behind pays by the event
Reason = Literal["share", "time", "person", "form"]
REASONS: dict[str, Reason] = {
    "share_id": "share",
    "post_url": "share",
    "occurred_at": "time",
    "read_at": "time",
    "person": "person",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing that was refused: its place in the request, and what is wrong with its fields."""

    place: int
    errors: tuple[FieldError, ...]

    @property
    def reason(self) -> Reason:
        """The class of the first error, for counting."""
        return REASONS.get(self.errors[0].field, "form")


@dataclass(frozen=True, slots=True)
class Judged(Generic[ItemT]):
    """What of one request is of valid form, and what is refused, in the order of places."""

    accepted: Sequence[ItemT]
    refusals: Sequence[Refusal]

    @classmethod
    def of(cls, found: Iterable[ItemT | Refusal]) -> "Judged[ItemT]":
        """Sort what was found of each item."""
        accepted: list[ItemT] = []
        refusals: list[Refusal] = []
        for one in found:
            if isinstance(one, Refusal):
                refusals.append(one)
            else:
                accepted.append(one)
        return cls(accepted, refusals)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of one request. `duplicates` are those known before; of these, `conflicts` said something else.

    `quarantined` could not be used, or not yet; when one of these is, it moves to the others. `accepted` is 0 while the
    end of a stream has not come.
    """

    receipt_id: UUID
    programme_id: UUID | None
    accepted: int
    new: int
    duplicates: int
    conflicts: int
    quarantined: int = 0

    @property
    def applied(self) -> bool:
        """Whether something has become of all that was accepted."""
        return 0 < self.accepted <= self.new + self.duplicates + self.quarantined


@dataclass(frozen=True, slots=True)
class Moved:
    """What an item that has left the quarantine is now: new, or a duplicate, or one that contradicts (a conflict)."""

    receipt_id: UUID
    outcome: Literal["new", "duplicate", "conflict"]


def refused_moment(at: datetime, *, now: datetime) -> str | None:
    """Return why nothing can have happened at that time, whatever it is about; None when it can."""
    if at > now + CLOCKS_DIFFER:
        return "lies in the future"
    if at < FIRST_MOMENT:
        return "lies before the networks"
    return None


def may_be_pending(receipt_id: UUID, *, now: datetime) -> bool:
    """Whether a receipt that is not known here can be under way: a UUIDv7 (RFC 9562) of the last 30 days."""
    if receipt_id.version != RFC_9562_TIME:
        return False
    return now - KEPT <= collected_at(receipt_id) <= now + AHEAD


@lru_cache(maxsize=4096)  # asked for each item of a request
def collected_at(receipt_id: UUID) -> datetime:
    """Return when a door took what a receipt is for: the time in a UUIDv7 (RFC 9562), in milliseconds."""
    return EPOCH + timedelta(milliseconds=receipt_id.int >> 80)


def lanes_for(count: int) -> int:
    """Return over how many partitions so many facts are spread when they are told: 4, 8, … 64, few for a few."""
    lanes = FEWEST_LANES
    while lanes < PARTITIONS and count > lanes * TOGETHER:
        lanes *= 2
    return lanes


@lru_cache(maxsize=4096)  # asked for each interaction, and there are many of one author
def lane_of(ambassador_id: UUID, lanes: int) -> int:
    """Return the partition under which something about an author is told, of so many.

    The number of lanes divides 64. So where a subscription is split into as many parts or fewer, by a power of two, an
    author's facts come to the same part in whichever number of lanes they are told.
    """
    return partition_of(str(ambassador_id)) % lanes


def first_kept(now: datetime) -> UUID:
    """Return the smallest UUIDv7 of the time from which receipts are kept."""
    return UUID(int=((now - KEPT) - EPOCH) // timedelta(milliseconds=1) << 80)
