"""Verified conversions."""

import pytest

from services.gamification.rules.domain import Conversion, LineKind, WeekScore

from .evidence import days, line_of, score, share_id


def week_of_visitors(*visitors: str) -> WeekScore:
    return score(conversions=[Conversion(share_id=share_id(0), visitor=v, at=days(1)) for v in visitors])


@pytest.mark.parametrize(("number", "points"), [(1, 20), (5, 100), (6, 100)])
def test_twenty_points_each_a_hundred_a_week(number: int, points: int) -> None:
    week = week_of_visitors(*(f"v{i}" for i in range(number)))
    assert week.milli_points == points * 1000


def test_a_visitor_converts_once() -> None:
    line = line_of(week_of_visitors("v1", "v1", "v2"), LineKind.CONVERSIONS)
    assert line is not None
    assert line.factors == {"conversions": 2, "uncapped": 400_000, "capped": 0}


def test_no_conversion_no_line() -> None:
    assert week_of_visitors().lines == ()
