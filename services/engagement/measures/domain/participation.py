"""How people take part: dated membership, and signals about risk for groups of at least five only."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.engagement.measures.domain.numbers import per
from services.engagement.measures.domain.periods import DAY, WEEK, Calendar, Span, next_month

SMALLEST_GROUP = 5
SETTLING_DAYS = timedelta(days=30)  # who joined later cannot be called silent yet
MOST_POSTS_A_WEEK = 10  # two on each working day; more is over-zeal
ONE_COPY = 10_000  # k of the parrot effect: one earlier post of a colleague, the same


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """One calendar month. `mondays` open the ISO weeks that begin in it; the last one closes them.

    Who enrolled up to `members_until` is a member of the month; who enrolled up to `settled_until` has had time.
    """

    span: Span
    mondays: tuple[datetime, ...]
    members_until: date
    settled_until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What participation is computed from."""

    members: int
    adopted: int
    active: int
    settled: int
    silent: int
    zealous: int
    shares: int
    authors: int
    parroted: int
    measured_texts: int
    originality: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A part of a group; None for both numbers where the group is too small to be spoken of."""

    part: int | None
    value: float | None
    of: int


def month_of(first: date, calendar: Calendar, *, now: datetime) -> Month:
    """Return a month; of one that is under way, as far as it has come."""
    after = next_month(first)
    end = min(calendar.start_of(after), max(now, calendar.start_of(first)))
    last_day = min(after - DAY, max(calendar.day_of(now), first))
    monday = first + timedelta(days=-first.weekday() % 7)
    mondays = [monday + n * WEEK for n in range(5) if monday + n * WEEK < after]
    mondays.append(mondays[-1] + WEEK)
    return Month(
        span=Span(calendar.start_of(first), end),
        mondays=tuple(calendar.start_of(day) for day in mondays),
        members_until=last_day,
        settled_until=last_day - SETTLING_DAYS,
    )


def rate(part: int, of: int) -> Rate:
    """Return a rate that everybody may see."""
    return Rate(part=part, value=per(part, of), of=of)


def risk(part: int, of: int, *, people: int) -> Rate:
    """Return a rate that tells of risk: only where at least five people stand behind it."""
    return rate(part, of) if people >= SMALLEST_GROUP else Rate(part=None, value=None, of=of)


def people(number: int) -> int | None:
    """Return how many people; None for fewer than five, who could be guessed."""
    return number if number >= SMALLEST_GROUP else None
