"""In which periods of a board something counts, and how long a day stays there."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from libs.periods import ALL_TIME, month_of_week
from services.gamification.members.domain import Calendar

DAYS_KEPT = 35  # a board shows so many days back, today included


@dataclass(frozen=True, slots=True)
class Periods:
    """The periods of one board, as of a local day."""

    kinds: frozenset[str]
    calendar: Calendar
    today: date

    @classmethod
    def of(cls, kinds: Iterable[str], calendar: Calendar, today: date) -> "Periods":
        """Return those of the kinds that a board names."""
        return cls(frozenset(kinds), calendar, today)

    def names(self, week: str, day: date | None) -> Iterator[str]:
        """Yield the periods of something of a week, and of one of its days where that is known."""
        if "all" in self.kinds:
            yield ALL_TIME
        if "season" in self.kinds:
            yield self.calendar.season_of_week(week)
        if "month" in self.kinds:
            yield month_of_week(week)
        if "week" in self.kinds:
            yield week
        if "day" in self.kinds and day is not None and expires_on(day) > self.today:
            yield day.isoformat()


def expires_on(day: date) -> date:
    """Return the first local day on which a day is no longer shown."""
    return day + timedelta(days=DAYS_KEPT)


def expiry_of(period: str) -> date | None:
    """Return the same of a period by name; None for one that stays."""
    try:
        return expires_on(date.fromisoformat(period)) if len(period) == len("2026-11-22") else None
    except ValueError:
        return None
