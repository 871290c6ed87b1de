"""Where a season may be planned, and how equals rank in a frozen one."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.periods import PlannedSeason
from services.gamification.members.domain import Calendar
from services.gamification.seasons.domain import check_plan, shared_ranks
from services.gamification.seasons.errors import InvalidSeason

TODAY = date(2026, 11, 18)  # in S001, which runs until 6 December
WINTER = PlannedSeason(date(2027, 1, 4), 10)
CALENDAR = Calendar(UUID(int=1), "Europe/Paris", date(2026, 9, 7), (WINTER,))


def refused(first_monday: date, weeks: int, calendar: Calendar = CALENDAR) -> tuple[str, str]:
    with pytest.raises(InvalidSeason) as found:
        check_plan(calendar, PlannedSeason(first_monday, weeks), TODAY)
    (error,) = found.value.errors
    return error.field, error.reason


@pytest.mark.parametrize(
    ("first_monday", "weeks"),
    [
        (date(2026, 12, 7), 4),  # from the end of the running one to the beginning of the planned one
        (date(2027, 3, 15), 53),
        (date(2027, 6, 7), 1),
    ],
)
def test_a_season_may_lie_where_nothing_is_planned(first_monday: date, weeks: int) -> None:
    check_plan(CALENDAR, PlannedSeason(first_monday, weeks), TODAY)


@pytest.mark.parametrize(
    ("first_monday", "weeks", "field", "reason"),
    [
        (date(2026, 12, 8), 4, "first_monday", "must be a Monday"),
        (date(2026, 11, 16), 4, "first_monday", "must lie in the future"),
        (date.min, 53, "first_monday", "must lie in the future"),
        (date(9999, 12, 27), 53, "first_monday", "must lie within five years"),
        (date(2026, 11, 30), 4, "first_monday", "it overlaps the season S001, which runs until 2026-12-06"),
        (WINTER.first_monday, 10, "first_monday", "it overlaps the season planned from 2027-01-04 to 2027-03-14"),
        (date(2027, 3, 8), 1, "first_monday", "it overlaps the season planned from 2027-01-04 to 2027-03-14"),
        (date(2026, 12, 7), 5, "weeks", "it overlaps the season planned from 2027-01-04 to 2027-03-14"),
        (date(2026, 12, 7), 53, "weeks", "it overlaps the season planned from 2027-01-04 to 2027-03-14"),
    ],
)
def test_one_that_overlaps_or_has_begun_is_refused(first_monday: date, weeks: int, field: str, reason: str) -> None:
    assert refused(first_monday, weeks) == (field, reason)


def test_the_first_season_of_a_programme_to_come_may_be_planned_and_none_before_it() -> None:
    to_come = Calendar(UUID(int=1), "Europe/Paris", date(2027, 2, 3))
    check_plan(to_come, PlannedSeason(date(2027, 2, 1), 5), TODAY)
    assert refused(date(2027, 1, 25), 1, to_come)[0] == "first_monday"


@given(st.integers(-10, 80), st.integers(1, 53))
def test_what_is_accepted_overlaps_nothing(ahead: int, weeks: int) -> None:
    wanted = PlannedSeason(date(2026, 11, 16) + timedelta(weeks=ahead), weeks)
    try:
        check_plan(CALENDAR, wanted, TODAY)
    except InvalidSeason:
        return
    assert wanted.first_monday >= date(2026, 12, 7)
    assert wanted.after <= WINTER.first_monday or wanted.first_monday >= WINTER.after


@given(st.lists(st.integers(0, 5), max_size=12))
def test_a_shared_rank_is_one_more_than_those_who_hold_more(totals: list[int]) -> None:
    ordered = sorted(totals, reverse=True)
    assert shared_ranks(ordered) == [1 + sum(other > one for other in ordered) for one in ordered]
