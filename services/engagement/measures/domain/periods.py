"""From the name of a period to its first and last instant, in a programme's calendar."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from libs.periods import ALL_TIME, WEEKS_IN_A_SEASON, monday_of
from libs.problems import FieldError
from services.engagement.measures.errors import InvalidPeriod

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
END = datetime(9999, 12, 31, tzinfo=UTC)
FORMS = "2026-11-22, 2026-W47, 2026-11, S003 or all"


@dataclass(frozen=True, slots=True)
class Calendar:
    """What a programme counts its days and seasons by."""

    time_zone: str
    first_day: date

    def start_of(self, day: date) -> datetime:
        """Return the instant at which a day begins; where midnight is skipped, the instant of the skip."""
        return datetime.combine(day, time.min, ZoneInfo(self.time_zone)).astimezone(UTC)

    def day_of(self, at: datetime) -> date:
        """Return the day of an instant."""
        return at.astimezone(ZoneInfo(self.time_zone)).date()


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` up to, not including, `end`; both in UTC."""

    start: datetime
    end: datetime


EVER = Span(BEGINNING, END)


def next_month(first: date) -> date:
    """Return the first day of the month after."""
    return (first + timedelta(days=31)).replace(day=1)


def _day(name: str, _: Calendar) -> tuple[date, date]:
    day = date.fromisoformat(name)
    return day, day + DAY


def _week(name: str, _: Calendar) -> tuple[date, date]:
    monday = monday_of(name)
    return monday, monday + WEEK


def _month(name: str, _: Calendar) -> tuple[date, date]:
    first = date.fromisoformat(f"{name}-01")
    return first, next_month(first)


def _season(name: str, calendar: Calendar) -> tuple[date, date]:
    first_monday = calendar.first_day - timedelta(days=calendar.first_day.weekday())
    number = int(name[1:])
    start = first_monday + (number - 1) * WEEKS_IN_A_SEASON * WEEK
    return (date(1, 1, 2) if number == 0 else start), start + WEEKS_IN_A_SEASON * WEEK


READERS: dict[str, Callable[[str, Calendar], tuple[date, date]]] = {
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}": _day,
    r"[0-9]{4}-W[0-9]{2}": _week,
    r"[0-9]{4}-[0-9]{2}": _month,
    r"S[0-9]{3}": _season,
}


def days_of(period: str, calendar: Calendar) -> tuple[date, date]:
    """Return the first day of a period and the first day after it. Raises InvalidPeriod, also for `all`."""
    for form, reader in READERS.items():
        if re.fullmatch(form, period):
            try:
                return reader(period, calendar)
            except (ValueError, OverflowError) as error:
                raise _invalid(f"there is no such period: {period}") from error
    raise _invalid(f"name a period as one of {FORMS}")


def span_of(period: str, calendar: Calendar) -> Span:
    """Return the instants of a period. Raises InvalidPeriod."""
    if period == ALL_TIME:
        return EVER
    first, after = days_of(period, calendar)
    try:
        return Span(calendar.start_of(first), calendar.start_of(after))
    except (ValueError, OverflowError) as error:
        raise _invalid(f"there is no such period: {period}") from error


def _invalid(reason: str) -> InvalidPeriod:
    return InvalidPeriod(reason, errors=[FieldError("period", reason)])
