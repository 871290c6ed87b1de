"""Which version of the rules holds for a week of a programme: what was activated, from when, and which came last."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from libs.periods import WEEK, Season, monday_of
from services.gamification.rules.errors import SeasonNotFound

FIRST_MONDAY = date(2000, 1, 3)  # season S000 is all before the programme's first day; nothing was shared before this


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """One activation: of `version`, for the weeks that begin from `first` to `last` (None: for good).

    `number` counts the activations of a programme. One without `last` takes effect from a date on; one with `last` is
    a correction of a season, or takes back the activation whose number is `reverses`.
    """

    number: int
    version: int
    first: date
    last: date | None
    reverses: int | None = None

    def covers(self, monday: date) -> bool:
        """Whether the week of this Monday is one of them."""
        return self.first <= monday and (self.last is None or monday <= self.last)


def governing(validities: Iterable[Validity], week: str) -> Validity | None:
    """Return what governs a week; None where nothing was activated.

    Of those from a date on the one that begins latest, of two that begin together the one activated later; a correction
    of the week's season takes its place when it was decided after it. One that was taken back counts no more.
    """
    monday = monday_of(week)
    told = list(validities)
    gone = {validity.reverses for validity in told} | {validity.number for validity in told if validity.reverses}
    covering = [validity for validity in told if validity.covers(monday) and validity.number not in gone]
    lasting = [validity for validity in covering if validity.last is None]
    chosen = max(lasting, key=lambda validity: (validity.first, validity.number), default=None)
    corrections = [validity for validity in covering if validity.last is not None]
    corrected = max(corrections, key=lambda validity: validity.number, default=None)
    if chosen and corrected:
        return max(chosen, corrected, key=lambda validity: validity.number)
    return chosen or corrected


def mondays_of_season(season: str, seasons: Iterable[Season]) -> tuple[date, date]:
    """Return the first and the last Monday of one of the seasons, or of all before them. Raises SeasonNotFound."""
    try:
        for one in seasons:
            if season == "S000":
                return FIRST_MONDAY, one.first_monday - WEEK
            if season == one.name:
                return one.first_monday, one.after - WEEK
    except OverflowError as error:  # the seasons go on until the calendar ends
        raise SeasonNotFound(f"no season is called {season!r}") from error
    raise SeasonNotFound(f"no season is called {season!r}")
