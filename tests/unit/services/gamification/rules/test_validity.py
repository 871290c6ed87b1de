"""Which version governs a week."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.periods import monday_of, season_of, seasons, week_of
from services.gamification.rules.domain.validity import Validity, governing, mondays_of_season
from services.gamification.rules.errors import SeasonNotFound

FIRST_DAY = date(2026, 9, 9)  # a Wednesday: the season begins on its Monday
MONDAY = date(2026, 11, 2)


def lasting(number: int, version: int, *, weeks: int) -> Validity:
    return Validity(number=number, version=version, first=MONDAY + timedelta(weeks=weeks), last=None)


def correction(number: int, version: int, *, first: int = 0, last: int = 3) -> Validity:
    return Validity(
        number=number, version=version, first=MONDAY + timedelta(weeks=first), last=MONDAY + timedelta(weeks=last)
    )


def versions(*validities: Validity, weeks: int = 6) -> list[int | None]:
    found = [governing(validities, week_of(MONDAY + timedelta(weeks=week))) for week in range(weeks)]
    return [one.version if one else None for one in found]


def test_nothing_governs_before_the_first_activation() -> None:
    assert versions(lasting(1, 2, weeks=2), weeks=4) == [None, None, 2, 2]


def test_the_one_that_begins_latest_governs_whichever_was_decided_first() -> None:
    assert versions(lasting(1, 3, weeks=4), lasting(2, 2, weeks=1)) == [None, 2, 2, 2, 3, 3]


def test_of_two_that_begin_together_the_later_decision_governs() -> None:
    assert versions(lasting(2, 3, weeks=0), lasting(1, 2, weeks=0), weeks=1) == [3]


def test_a_correction_governs_its_season_and_no_more() -> None:
    assert versions(lasting(1, 2, weeks=0), correction(2, 3)) == [3, 3, 3, 3, 2, 2]


def test_a_correction_of_a_correction_governs() -> None:
    assert versions(correction(1, 2), correction(2, 1), weeks=5) == [1, 1, 1, 1, None]


def test_what_is_decided_after_a_correction_takes_its_place_from_its_day_on() -> None:
    assert versions(correction(1, 2), lasting(2, 3, weeks=2), weeks=5) == [2, 2, 3, 3, 3]


def reversal(number: int, of: Validity) -> Validity:
    return replace(of, number=number, reverses=of.number)


def test_a_correction_that_was_taken_back_leaves_each_week_to_what_held_for_it() -> None:
    held = [lasting(1, 2, weeks=0), lasting(2, 3, weeks=2)]
    corrected = correction(3, 4)
    assert versions(*held, corrected) == [4, 4, 4, 4, 3, 3]
    assert versions(*held, corrected, reversal(4, corrected)) == versions(*held) == [2, 2, 3, 3, 3, 3]


def test_an_earlier_correction_holds_again_when_a_later_one_is_taken_back() -> None:
    first, second = correction(1, 2), correction(2, 3)
    assert versions(first, second, reversal(3, second), weeks=1) == [2]
    assert versions(first, second, reversal(3, first), weeks=1) == [3]
    assert versions(first, second, reversal(3, second), reversal(4, first), weeks=1) == [None]


def test_what_is_corrected_again_after_a_reversal_governs() -> None:
    corrected = correction(1, 2)
    assert versions(corrected, reversal(2, corrected), correction(3, 2), weeks=1) == [2]


@given(st.integers(1, 40))
def test_the_mondays_of_a_season_are_exactly_its_weeks(number: int) -> None:
    season = f"S{number:03d}"
    first, last = mondays_of_season(season, seasons(FIRST_DAY))
    mondays = [first + timedelta(weeks=week) for week in range(-1, (last - first).days // 7 + 2)]
    found = [season_of(monday, FIRST_DAY) for monday in mondays]
    assert found[1:-1] == [season] * 13
    assert season not in {found[0], found[-1]}


def test_the_season_before_the_first_ends_where_the_first_begins() -> None:
    first, last = mondays_of_season("S000", seasons(FIRST_DAY))
    assert last == monday_of("2026-W36")
    assert season_of(last, FIRST_DAY) == season_of(first, FIRST_DAY) == "S000"


def test_a_season_beyond_the_calendar_does_not_exist() -> None:
    with pytest.raises(SeasonNotFound):
        mondays_of_season("S99999999", seasons(FIRST_DAY))
