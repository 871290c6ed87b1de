"""Rules of conversations: what waits and for how long, when somebody may be reminded, and which weeks are summed up."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from libs.periods import local_day

State = Literal["waiting", "answered", "dismissed"]
SMALLEST_GROUP = 5
MOST_HOURS = 168
LATEST = timedelta(days=14)  # who hears of an older comment late shall not be sent back to it
WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One comment by another than the author. `returning`: the person had commented on another share of theirs."""

    interaction_id: UUID
    programme_id: UUID
    ambassador_id: UUID
    share_id: UUID
    colleague: bool
    returning: bool
    asked_at: datetime
    answered_at: datetime | None
    dismissed_at: datetime | None

    @property
    def state(self) -> State:
        """Answered once the author has replied, even where it was said that there is no need."""
        if self.answered_at:
            return "answered"
        return "dismissed" if self.dismissed_at else "waiting"

    def waited(self, now: datetime) -> int:
        """Return the minutes until it was answered or dismissed, else until now."""
        return minutes_between(self.asked_at, self.answered_at or self.dismissed_at or now)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareTalk:
    """The conversations of one share; the median is over those that are answered."""

    share_id: UUID
    comments: int
    answered: int
    dismissed: int
    oldest_waiting: datetime | None
    median_minutes: float | None
    commenters: int
    returning: int

    @property
    def waiting(self) -> int:
        """How many wait for an answer."""
        return self.comments - self.answered - self.dismissed


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekTalk:
    """The conversations that began in one week of a programme, whenever they were answered.

    `authors` is on how many ambassadors' shares. `commenters` counts a person once for each author, and `returning`
    those of them who had commented on another share of the same author before.
    """

    monday: date
    authors: int
    comments: int
    answered: int
    dismissed: int
    median_minutes: float | None
    p90_minutes: float | None
    commenters: int
    returning: int

    @property
    def answer_rate(self) -> float | None:
        """The part that was answered of those that needed an answer."""
        needed = self.comments - self.dismissed
        return self.answered / needed if needed else None

    @property
    def may_be_told(self) -> bool:
        """Whether so many people stand behind the numbers that they tell of none of them."""
        return self.authors >= SMALLEST_GROUP


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """When a programme's people are reminded. Nobody ever is without `after_hours`.

    Quiet is from `quiet_from` up to `quiet_until`, perhaps over midnight; never where both are one time.
    """

    after_hours: int | None
    quiet_from: time
    quiet_until: time

    def is_quiet(self, at: datetime, time_zone: str) -> bool:
        """Whether nobody may be disturbed at an instant, by the clocks of a zone."""
        clock = at.astimezone(ZoneInfo(time_zone)).time()
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= clock < self.quiet_until
        return clock >= self.quiet_from or clock < self.quiet_until


def minutes_between(start: datetime, end: datetime) -> int:
    """Return whole minutes; none where clocks differ and the end seems to come first."""
    return max(0, (end - start) // timedelta(minutes=1))


def last_mondays(now: datetime, time_zone: str, *, weeks: int) -> list[date]:
    """Return the Mondays of this week and those before it, oldest first, in a zone's calendar."""
    today = local_day(now, time_zone)
    this = today - timedelta(days=today.weekday())
    return [this - back * WEEK for back in reversed(range(weeks))]


def start_of(day: date, time_zone: str) -> datetime:
    """Return the instant at which a day begins in a zone."""
    return datetime.combine(day, time.min, ZoneInfo(time_zone)).astimezone(UTC)


def with_silent_weeks(mondays: Iterable[date], found: Iterable[WeekTalk]) -> list[WeekTalk]:
    """Return a week for each Monday; one without comments has nothing in it."""
    by_monday = {week.monday: week for week in found}
    return [by_monday.get(monday) or _silent(monday) for monday in mondays]


def _silent(monday: date) -> WeekTalk:
    return WeekTalk(
        monday=monday,
        authors=0,
        comments=0,
        answered=0,
        dismissed=0,
        median_minutes=None,
        p90_minutes=None,
        commenters=0,
        returning=0,
    )
