"""Names of calendar periods in a programme's time zone: days, ISO weeks, months and seasons of whole weeks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

WEEKS_IN_A_SEASON = 13
ALL_TIME = "all"
WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class PlannedSeason:
    """A season that somebody placed: its first Monday, and how many weeks it lasts."""

    first_monday: date
    weeks: int

    @property
    def after(self) -> date:
        """The Monday after its last week."""
        return self.first_monday + self.weeks * WEEK


@dataclass(frozen=True, slots=True)
class Season:
    """A season by name: its first Monday, and the Monday after its last week."""

    name: str
    first_monday: date
    after: date


def local_day(at: datetime, time_zone: str) -> date:
    """Return the calendar day of an instant in a zone (a day of 23 or 25 hours is still one day)."""
    return at.astimezone(ZoneInfo(time_zone)).date()


@lru_cache(maxsize=4096)
def week_of(day: date) -> str:
    """Return the ISO 8601 week of a day, such as `2026-W47`; its text order is its time order."""
    year, week, _ = day.isocalendar()
    return f"{year:04d}-W{week:02d}"  # four digits, also in the first millennium, or `monday_of` would not read it


def monday_of(week: str) -> date:
    """Return the first day of an ISO week. Raises ValueError when `week` is not one."""
    return date.fromisoformat(f"{week}-1")


def month_of_week(week: str) -> str:
    """Return the month of an ISO week, such as `2026-11`: the one that its Thursday lies in, and so most of it."""
    return f"{monday_of(week) + timedelta(days=3):%Y-%m}"


def text_of_planned(planned: Sequence[PlannedSeason]) -> str:
    """Return planned seasons as one text, such as `2026-12-07+16,2027-05-03+8`."""
    return ",".join(f"{one.first_monday.isoformat()}+{one.weeks}" for one in planned)


def planned_in(text: str) -> tuple[PlannedSeason, ...]:
    """Return what `text_of_planned` made a text of. Raises ValueError for any other text."""
    pairs = (one.split("+") for one in text.split(",") if one)
    return tuple(PlannedSeason(date.fromisoformat(first_monday), int(weeks)) for first_monday, weeks in pairs)


def seasons(first_day: date, planned: Sequence[PlannedSeason] = ()) -> Iterator[Season]:
    """Yield the seasons of a programme for ever, from the week of `first_day` on, without gap or overlap.

    Where none is planned each lasts thirteen weeks, or until the next planned one begins. They are numbered in the
    order of time. `planned` is in that order, without overlap, and not before the first week.
    """
    monday, number = first_day - timedelta(days=first_day.weekday()), 1
    for one in (*planned, None):
        while one is None or monday < one.first_monday:
            after = monday + WEEKS_IN_A_SEASON * WEEK
            after = min(after, one.first_monday) if one else after
            yield Season(f"S{number:03d}", monday, after)
            monday, number = after, number + 1
        yield Season(f"S{number:03d}", monday, one.after)
        monday, number = one.after, number + 1


def season_of(day: date, first_day: date, planned: Sequence[PlannedSeason] = ()) -> str:
    """Return the season of a day (see `seasons`): `S001` starts in the week of `first_day`.

    A season is whole weeks, so a week's points belong to exactly one. Days before the first season fall into `S000`.
    """
    if day < first_day - timedelta(days=first_day.weekday()):
        return "S000"
    return next(one.name for one in seasons(first_day, planned) if day < one.after)
