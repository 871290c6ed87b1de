"""Comparing totals: ranks, who gains, and how evenly points are spread."""

from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gamification.replays.domain import Outcome, compare, gini

TOTALS = st.lists(st.integers(0, 10_000), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("totals", "expected"), [([], 0), ([0, 0], 0), ([5], 0), ([3, 3, 3], 0), ([0, 0, 0, 8], 0.75), ([1, 3], 0.25)]
)
def test_known_coefficients(totals: list[int], expected: float) -> None:
    assert gini(totals) == pytest.approx(expected)


@given(TOTALS)
def test_the_coefficient_is_half_the_mean_difference_over_the_mean(totals: list[int]) -> None:
    n, whole = len(totals), sum(totals)
    pairs = sum(abs(one - other) for one in totals for other in totals)
    expected = Fraction(pairs, 2 * n * whole) if whole else Fraction(0)
    assert gini(totals) == pytest.approx(float(expected))


def test_equal_totals_share_a_rank_and_the_largest_change_comes_first() -> None:
    holdings = [(10, 10), (20, 5), (20, 30), (0, 1)]
    found = compare([Outcome(UUID(int=n), now, then) for n, (now, then) in enumerate(holdings)])
    assert [(one.outcome.ambassador_id.int, one.rank_now, one.rank_then) for one in found.ranked] == [
        (1, 1, 3),
        (2, 1, 1),
        (3, 4, 4),
        (0, 3, 2),
    ]
    assert (found.gaining, found.losing, found.unchanged) == (2, 1, 1)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=20))
def test_a_rank_is_one_more_than_those_who_hold_more(holdings: list[tuple[int, int]]) -> None:
    outcomes = [Outcome(UUID(int=n), now, then) for n, (now, then) in enumerate(holdings)]
    found = compare(outcomes)
    assert found.gaining + found.losing + found.unchanged == len(found.ranked) == len(outcomes)
    for one in found.ranked:
        assert one.rank_now == 1 + sum(other.now > one.outcome.now for other in outcomes)
        assert one.rank_then == 1 + sum(other.then > one.outcome.then for other in outcomes)
