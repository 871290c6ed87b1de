"""Which version of the rules holds for a week of a programme: what was activated, from when, and which came last."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from libs.periods import WEEKS_IN_A_SEASON, monday_of
from services.gamification.rules.errors import SeasonNotFound

FIRST_MONDAY = date(2000, 1, 3)  # season S000 is all before the programme's first day; nothing was shared before this


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """One activation: of `version`, for the weeks that begin from `first` to `last` (None: for good).

    `number` counts the activations of a programme. One without `last` takes effect from a date on; one with `last` is
    a correction of a season.
    """

    number: int
    version: int
    first: date
    last: date | None

    def covers(self, monday: date) -> bool:
        """Whether the week of this Monday is one of them."""
        return self.first <= monday and (self.last is None or monday <= self.last)


def governing(validities: Iterable[Validity], week: str) -> Validity | None:
    """Return what governs a week; None where nothing was activated.

    Of those from a date on the one that begins latest, of two that begin together the one activated later; a correction
    of the week's season takes its place when it was decided after it.
    """
    monday = monday_of(week)
    covering = [validity for validity in validities if validity.covers(monday)]
    lasting = [validity for validity in covering if validity.last is None]
    chosen = max(lasting, key=lambda validity: (validity.first, validity.number), default=None)
    corrections = [validity for validity in covering if validity.last is not None]
    corrected = max(corrections, key=lambda validity: validity.number, default=None)
    if chosen and corrected:
        return max(chosen, corrected, key=lambda validity: validity.number)
    return chosen or corrected


def mondays_of_season(season: str, first_day: date) -> tuple[date, date]:
    """Return the first and the last Monday of a season (see `libs.periods.season_of`). Raises SeasonNotFound."""
    begins = first_day - timedelta(days=first_day.weekday())
    try:
        first = begins + timedelta(weeks=WEEKS_IN_A_SEASON * (int(season.removeprefix("S")) - 1))
        if season == "S000":
            return FIRST_MONDAY, begins - timedelta(weeks=1)
        return first, first + timedelta(weeks=WEEKS_IN_A_SEASON - 1)
    except (ValueError, OverflowError) as error:
        raise SeasonNotFound(f"no season is called {season!r}") from error
