"""The calendar of a programme."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from uuid import UUID

from libs.periods import ALL_TIME, PlannedSeason, Season, local_day, monday_of, season_of, seasons, week_of


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which day, week and season an instant falls into, in the programme's time zone."""

    programme_id: UUID
    time_zone: str
    first_day: date
    planned: tuple[PlannedSeason, ...] = ()  # in the order of time

    def day(self, at: datetime) -> date:
        """Return the local day."""
        return local_day(at, self.time_zone)

    def week(self, at: datetime) -> str:
        """Return the ISO week of the local day."""
        return week_of(self.day(at))

    def season_of_week(self, week: str) -> str:
        """Return the season that a week belongs to."""
        return _season(week, self.first_day, self.planned)

    def seasons(self) -> Iterator[Season]:
        """Yield the seasons for ever, in the order of time."""
        return seasons(self.first_day, self.planned)

    def periods(self, week: str) -> tuple[str, str, str]:
        """Return the periods that a week's points count in: all time, its season, itself."""
        return ALL_TIME, self.season_of_week(week), week


@lru_cache(maxsize=4096)
def _season(week: str, first_day: date, planned: tuple[PlannedSeason, ...]) -> str:
    return season_of(monday_of(week), first_day, planned)  # counts the seasons up to the week's
