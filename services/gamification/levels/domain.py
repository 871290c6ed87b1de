"""Which level points reach, and when one is lost."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

DEFAULT_LADDER = (10, 30, 75, 150, 300, 600, 1000, 1500, 2200, 3000)  # points; a good season is worth about 250
MOST_POINTS = 10_000_000
MILLI = 1000


@dataclass(frozen=True, slots=True)
class Standing:
    """The level that an ambassador holds, and the points that it needs; level 0 needs none."""

    level: int = 0
    needed: int = 0


def is_ladder(points: Sequence[int]) -> bool:
    """Whether each level needs more points than the one before, and the first at least one."""
    return all(lower < higher for lower, higher in pairwise((0, *points)))


def level_of(milli_points: int, ladder: Sequence[int]) -> Standing:
    """Return the level that lifetime points reach."""
    level = bisect_right(ladder, milli_points / MILLI)
    return Standing(level, ladder[level - 1] if level else 0)


def stand(held: Standing, milli_points: int, ladder: Sequence[int]) -> Standing:
    """Return the level now: a new ladder takes none away, only points that fall below what the level needed do."""
    reached = level_of(milli_points, ladder)
    if reached.level <= held.level and milli_points >= held.needed * MILLI:
        return held
    return reached


def progress(held: Standing, milli_points: int, ladder: Sequence[int]) -> tuple[int | None, float]:
    """Return the points that the next level needs, and how much of the way to it is done (0 to 1)."""
    if held.level >= len(ladder):
        return None, 1.0
    needed, start = ladder[held.level], min(held.needed, ladder[held.level] - 1)
    done = (milli_points / MILLI - start) / (needed - start)
    return needed, min(1.0, max(0.0, round(done, 4)))
