"""Rules of the doors: what a refusal is, and how long a receipt may be asked for."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

from libs.problems import FieldError

KEPT = timedelta(days=30)  # as long as the stream INTAKE can replay
AHEAD = timedelta(minutes=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SHOWN_ERRORS = 100
RFC_9562_TIME = 7
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of one request. `duplicates` are those known before; of these, `conflicts` said something else."""

    receipt_id: UUID
    programme_id: UUID
    accepted: int
    new: int
    duplicates: int
    conflicts: int

    @property
    def applied(self) -> bool:
        """Whether all that was accepted has been applied."""
        return self.new + self.duplicates >= self.accepted


def may_be_pending(receipt_id: UUID, *, now: datetime) -> bool:
    """Whether a receipt that is not known here can be under way: a UUIDv7 (RFC 9562) of the last 30 days."""
    if receipt_id.version != RFC_9562_TIME:
        return False
    given = EPOCH + timedelta(milliseconds=receipt_id.int >> 80)
    return now - KEPT <= given <= now + AHEAD


def first_kept(now: datetime) -> UUID:
    """Return the smallest UUIDv7 of the time from which receipts are kept."""
    return UUID(int=((now - KEPT) - EPOCH) // timedelta(milliseconds=1) << 80)
