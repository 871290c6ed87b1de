"""How far a campaign has come: its number against its target, and its time."""

from dataclasses import dataclass
from datetime import date, datetime

from services.engagement.measures.domain.numbers import Number, per
from services.engagement.measures.domain.periods import DAY, Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A campaign's KPI so far. `reached` and `elapsed` are parts of 1; `reached` may pass it."""

    kpi: str
    target: int
    number: Number
    reached: float
    elapsed: float

    @property
    def pace(self) -> float | None:
        """1 is on time, 2 twice as fast; None before the campaign starts."""
        return per(self.reached, self.elapsed)


def elapsed_of(starts_on: date, ends_on: date, calendar: Calendar, *, now: datetime) -> float:
    """Return the part of a campaign's time that has gone, 0 to 1; both days are whole."""
    start, end = calendar.start_of(starts_on), calendar.start_of(ends_on + DAY)
    return round(min(max((now - start) / (end - start), 0.0), 1.0), 4)
