"""Comparing a season under two sets of rules: totals, ranks, and how unevenly the points are spread."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Proof:
    """What balances come to: how many are not 0, their sum in milli-points, and the SHA-256 of all of them in order."""

    balances: int
    milli_points: int
    digest: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an ambassador holds in a season now, and would hold then, in milli-points."""

    ambassador_id: UUID
    now: int
    then: int

    @property
    def change(self) -> int:
        """What the other rules would give, or take where it is below zero."""
        return self.then - self.now


@dataclass(frozen=True, slots=True)
class Ranked:
    """An outcome with its ranks: 1 + how many hold more (equal totals share a rank, 1-2-2-4)."""

    outcome: Outcome
    rank_now: int
    rank_then: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """A season under the rules in force and under others; `ranked` has the largest changes first."""

    gini_now: float
    gini_then: float
    gaining: int
    losing: int
    unchanged: int
    ranked: Sequence[Ranked]


def compare(outcomes: Sequence[Outcome]) -> Comparison:
    """Return what becomes of everybody."""
    now, then = _ranks(outcome.now for outcome in outcomes), _ranks(outcome.then for outcome in outcomes)
    ordered = sorted(outcomes, key=lambda outcome: (-abs(outcome.change), outcome.ambassador_id))
    gaining = sum(outcome.change > 0 for outcome in outcomes)
    losing = sum(outcome.change < 0 for outcome in outcomes)
    return Comparison(
        gini_now=gini([outcome.now for outcome in outcomes]),
        gini_then=gini([outcome.then for outcome in outcomes]),
        gaining=gaining,
        losing=losing,
        unchanged=len(outcomes) - gaining - losing,
        ranked=[Ranked(outcome, now[outcome.now], then[outcome.then]) for outcome in ordered],
    )


def gini(totals: Sequence[int]) -> float:
    """Return the Gini coefficient: 0 when all hold the same, towards 1 when one holds everything.

    Half the mean absolute difference of all pairs over the mean (A. Sen, On Economic Inequality, 1973), computed from
    the sorted totals as sum of (2 i - n - 1) x_i over n times their sum; 0 where nobody holds anything.
    """
    n, whole = len(totals), sum(totals)
    if not whole:
        return 0.0
    return sum((2 * i - n - 1) * total for i, total in enumerate(sorted(totals), start=1)) / (n * whole)


def _ranks(totals: Iterable[int]) -> dict[int, int]:
    """Return the rank of each total."""
    ranks: dict[int, int] = {}
    for place, total in enumerate(sorted(totals, reverse=True), start=1):
        ranks.setdefault(total, place)
    return ranks
