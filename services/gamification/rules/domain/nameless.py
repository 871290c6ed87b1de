"""Step 2, people whom a network counts without naming them: what its readings add to those known by name."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from services.gamification.rules.domain.facts import CountReading


class Window(Protocol):
    """For how many days after its publication actions on a share count full, and count at all."""

    @property
    def full_days(self) -> int:
        """Until when they count full."""
        ...

    @property
    def late_days(self) -> int:
        """Until when they count at all."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Nameless:
    """How many people of a kind nobody named: those that count full, and those that came late."""

    full: int = 0
    late: int = 0


def nameless(
    rules: Window, published_at: datetime, readings: Iterable[CountReading], named: Sequence[datetime]
) -> Nameless:
    """The nameless of one kind on one share; `named` are the first actions known by name, in order of time.

    A reading stands for its count less the people named *up to its time*: whoever is named later is not in it. The
    latest reading of the full days counts full, what the latest of the late days adds counts late. Without either, the
    first one after them counts late: a file imported late cannot say when they came. The latest reading of all is the
    most that remains, so a lower one corrects what was counted before.
    """
    levels = [(r.at - published_at, max(0, r.count - bisect_right(named, r.at))) for r in _in_order(readings)]
    if not levels:
        return Nameless()
    early = _latest(levels, rules.full_days)
    late = _latest(levels, rules.late_days)
    most = levels[-1][1]
    total = min(most, levels[0][1] if late is None else late)
    full = min(total, early or 0)
    return Nameless(full=full, late=total - full)


def _in_order(readings: Iterable[CountReading]) -> list[CountReading]:
    return sorted(readings, key=lambda r: (r.at, r.count))


def _latest(levels: list[tuple[timedelta, int]], days: int) -> int | None:
    until = timedelta(days=days)
    return next((level for age, level in reversed(levels) if age <= until), None)
