"""Streaks as a function of the times of what an ambassador did and of the cadences that they chose.

In a streak every week is met, paused or frozen, and frozen weeks lie at least four weeks apart. Its length is the
number of met weeks. So one more share or answer, whenever it is told, can only lengthen a streak. Weeks are ISO weeks
of local days: an hour more or less when clocks change moves no day out of its week.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from libs.periods import local_day, monday_of, week_of

FREEZE_EVERY = 4  # weeks
DEFAULT_TARGET = 1
MOST_A_WEEK = 14
ALWAYS = datetime(1, 1, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence:
    """How many shares or answers a week an ambassador wants, in which time zone, from when on."""

    since: datetime
    target: int
    time_zone: str
    paused: bool

    def week(self, at: datetime) -> str:
        """Return the ISO week of an instant for this person."""
        return week_of(local_day(at, self.time_zone))


class Cadences:
    """The cadences that an ambassador chose, over time; before the first: one a week, in the programme's zone."""

    def __init__(self, chosen: Iterable[Cadence], time_zone: str) -> None:
        """Take them in any order; `time_zone` is the programme's."""
        default = Cadence(since=ALWAYS, target=DEFAULT_TARGET, time_zone=time_zone, paused=False)
        newest_first = sorted(chosen, key=lambda cadence: cadence.since, reverse=True)
        self._newest_first = [*newest_first, default]
        self._first_weeks = [*(cadence.week(cadence.since) for cadence in newest_first), ""]

    def at(self, at: datetime) -> Cadence:
        """Return the one that holds at an instant."""
        return next(cadence for cadence in self._newest_first if cadence.since <= at or cadence.since == ALWAYS)

    def of_week(self, week: str) -> Cadence:
        """Return the one that a week is judged by: the last that was chosen in it or before."""
        pairs = zip(self._newest_first, self._first_weeks, strict=True)
        return next(cadence for cadence, first in pairs if first <= week)

    def week(self, at: datetime) -> str:
        """Return the week of an instant in the time zone that held then."""
        return self.at(at).week(at)


@dataclass(frozen=True, slots=True)
class Streak:
    """Weeks in a row now, the most there ever were, and the weeks that a freeze bridged in the present streak."""

    current: int = 0
    longest: int = 0
    frozen: tuple[str, ...] = ()


def weekly(times: Iterable[datetime], cadences: Cadences) -> Counter[str]:
    """Return how many of the times fall into each week."""
    return Counter(cadences.week(at) for at in times)


def streak(done: Mapping[str, int], cadences: Cadences, this_week: str) -> Streak:
    """Return the streak of weeks in which `done` reached the target; the present week is not missed before its end."""
    met: list[int] = []
    missed: list[int] = []
    longest = 0
    last = _number(this_week)
    for number in range(min(map(_number, done), default=last + 1), last + 1):
        week = _week(number)
        cadence = cadences.of_week(week)
        if done.get(week, 0) >= cadence.target:
            met.append(number)
        elif not cadence.paused and number < last:
            if missed and number - missed[-1] < FREEZE_EVERY:
                met = [one for one in met if one > missed[-1]]  # a streak cannot hold both of these weeks
            missed.append(number)
        longest = max(longest, len(met))
    return Streak(len(met), longest, tuple(_week(one) for one in missed if met and one > met[0]))


def _number(week: str) -> int:
    return monday_of(week).toordinal() // 7


def _week(number: int) -> str:
    return week_of(date.fromordinal(number * 7 + 1))  # ordinal 1 was a Monday
