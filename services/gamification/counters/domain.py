"""What is counted, and which local days new facts touch."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)


class CounterName(StrEnum):
    """What is counted by day. What people do counts once a day for each person and share; the author never counts."""

    SHARES = "shares"
    OWN_VOICE_SHARES = "own_voice_shares"  # at least eight words in ten are the author's own
    ANSWERS = "answers"  # of three words or more; copies of one answer count once a day
    REACTIONS = "reactions"
    COMMENTS = "comments"
    RESHARES = "reshares"
    MENTIONS = "mentions"
    CLICKS = "clicks"
    CONVERSIONS = "conversions"
    PROPOSALS_APPROVED = "proposals_approved"


@dataclass(frozen=True, slots=True)
class Counted:
    """The local days of an ambassador that were counted again, first and last included.

    `active` is whether they may have shared or answered on them what was not counted before.
    """

    ambassador_id: UUID
    programme_id: UUID
    first: date
    last: date
    active: bool = True


@dataclass(frozen=True, slots=True)
class Recounted:
    """The days that were counted again, and the ambassadors of whom a counter holds something else now."""

    days: Sequence[Counted] = ()
    moved: AbstractSet[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class DayCount:
    """The value of a counter on one local day."""

    ambassador_id: UUID
    day: date
    name: str
    value: int


@lru_cache(maxsize=4096)
def midnight(day: date, time_zone: str) -> datetime:
    """Return the first instant of a local day, also where a clock change skips or repeats midnight."""
    return datetime.combine(day, time(), ZoneInfo(time_zone)).astimezone(UTC)


def midnights(first: date, last: date, time_zone: str) -> list[datetime]:
    """Return the first instant of each day from `first` to `last`."""
    return [midnight(first + n * DAY, time_zone) for n in range((last - first).days + 1)]


def window(counted: Counted, time_zone: str) -> tuple[datetime, datetime]:
    """Return the first and the last instant of the days."""
    return midnight(counted.first, time_zone), midnight(counted.last + DAY, time_zone) - INSTANT


def span_of(counted: Sequence[Counted]) -> tuple[date, date]:
    """Return the first and the last of all days."""
    return min(one.first for one in counted), max(one.last for one in counted)
