"""Days, weeks and seasons of a programme's calendar."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.periods import (
    PlannedSeason,
    local_day,
    monday_of,
    planned_in,
    season_of,
    seasons,
    text_of_planned,
    week_of,
)

DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2040, 12, 31))
ZONES = st.sampled_from(["Europe/Paris", "America/St_Johns", "Pacific/Auckland", "Asia/Kathmandu", "UTC"])


@pytest.mark.parametrize(
    ("day", "week"),
    [
        (date(2024, 12, 29), "2024-W52"),
        (date(2024, 12, 30), "2025-W01"),
        (date(2026, 12, 31), "2026-W53"),
        (date(2027, 1, 3), "2026-W53"),
        (date(2027, 1, 4), "2027-W01"),
        (date(2021, 1, 1), "2020-W53"),
    ],
)
def test_weeks_around_new_year_follow_iso(day: date, week: str) -> None:
    assert week_of(day) == week


@pytest.mark.parametrize("wrong", ["2026-W54", "2025-W53", "2026-W00", "2026", "S001", ""])
def test_a_week_that_does_not_exist_has_no_monday(wrong: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        monday_of(wrong)


@given(DAYS)
def test_a_week_is_the_seven_days_from_its_monday(day: date) -> None:
    monday = monday_of(week_of(day))
    assert monday.weekday() == 0
    assert {week_of(monday + timedelta(days=n)) for n in range(7)} == {week_of(day)}
    assert week_of(monday - timedelta(days=1)) < week_of(day) < week_of(monday + timedelta(days=7))


@pytest.mark.parametrize(
    ("day", "season"),
    [
        (date(2026, 9, 9), "S001"),  # the first day, a Wednesday
        (date(2026, 9, 7), "S001"),  # the Monday of its week
        (date(2026, 9, 6), "S000"),
        (date(2020, 1, 1), "S000"),
        (date(2026, 12, 6), "S001"),
        (date(2026, 12, 7), "S002"),
        (date(2027, 3, 8), "S003"),
    ],
)
def test_a_season_is_thirteen_weeks_from_the_week_of_the_first_day(day: date, season: str) -> None:
    assert season_of(day, date(2026, 9, 9)) == season


@given(DAYS, DAYS)
def test_no_week_straddles_two_seasons(day: date, first_day: date) -> None:
    monday = monday_of(week_of(day))
    assert len({season_of(monday + timedelta(days=n), first_day) for n in range(7)}) == 1


@given(DAYS, st.integers(min_value=1, max_value=30))
def test_seasons_follow_each_other_without_gap_or_overlap(first_day: date, number: int) -> None:
    start = monday_of(week_of(first_day)) + timedelta(weeks=13 * (number - 1))
    days = [season_of(start + timedelta(days=n), first_day) for n in range(-1, 13 * 7 + 1)]
    assert days == [f"S{number - 1:03d}", *[f"S{number:03d}"] * (13 * 7), f"S{number + 1:03d}"]


@given(DAYS, DAYS, DAYS)
def test_a_later_day_is_never_in_an_earlier_season(one: date, other: date, first_day: date) -> None:
    earlier, later = sorted((one, other))
    assert season_of(earlier, first_day) <= season_of(later, first_day)


FIRST_MONDAY = date(2026, 9, 7)


@st.composite
def calendars(draw: st.DrawFn) -> tuple[PlannedSeason, ...]:
    """Planned seasons in the order of time, with gaps of any number of weeks between them."""
    monday, found = FIRST_MONDAY, []
    for gap, weeks in draw(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 53)), max_size=6)):
        found.append(PlannedSeason(monday + timedelta(weeks=gap), weeks))
        monday = found[-1].after
    return tuple(found)


@given(calendars(), st.integers(0, 600))
def test_planned_seasons_keep_their_place_and_every_week_has_exactly_one(
    planned: tuple[PlannedSeason, ...], week: int
) -> None:
    known = list(islice(seasons(FIRST_MONDAY, planned), 60))
    assert [one.first_monday for one in known[1:]] == [one.after for one in known[:-1]]
    assert [one.name for one in known] == [f"S{number:03d}" for number in range(1, 61)]
    placed = {one.first_monday: one for one in planned}
    for one in known:
        weeks = (one.after - one.first_monday).days // 7
        asked = placed.pop(one.first_monday, None)
        assert weeks == asked.weeks if asked else 1 <= weeks <= 13
    assert not [one for one in placed.values() if one.after <= known[-1].after]
    monday = FIRST_MONDAY + timedelta(weeks=week)
    held = [one.name for one in known if one.first_monday <= monday < one.after]
    assert held in ([season_of(monday, FIRST_MONDAY, planned)], [])
    assert held or monday >= known[-1].after


@given(calendars(), st.integers(0, 300))
def test_a_planned_season_leaves_the_names_of_all_weeks_before_it(
    planned: tuple[PlannedSeason, ...], week: int
) -> None:
    monday = FIRST_MONDAY + timedelta(weeks=week)
    before = tuple(one for one in planned if one.first_monday <= monday)
    assert season_of(monday, FIRST_MONDAY, planned) == season_of(monday, FIRST_MONDAY, before)


@given(calendars())
def test_planned_seasons_are_written_and_read_without_loss(planned: tuple[PlannedSeason, ...]) -> None:
    assert planned_in(text_of_planned(planned)) == planned


def test_the_day_is_that_of_the_zone() -> None:
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert local_day(late, "UTC") == date(2026, 11, 22)
    assert local_day(late, "Europe/Paris") == date(2026, 11, 23)
    assert local_day(late, "America/New_York") == date(2026, 11, 22)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)])
def test_a_day_of_a_clock_change_is_still_one_day(day: date, hours: int) -> None:
    zone = ZoneInfo("Europe/Paris")
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
    instants = [midnight + timedelta(minutes=30 * n) for n in range(-1, 2 * hours + 1)]
    days = [local_day(instant, "Europe/Paris") for instant in instants]
    assert days == [day - timedelta(days=1), *[day] * (2 * hours), day + timedelta(days=1)]


@given(st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2040, 1, 1), timezones=st.just(UTC)), ZONES)  # noqa: DTZ001 - hypothesis takes naive bounds
def test_the_day_is_within_a_day_of_utc(at: datetime, zone: str) -> None:
    assert abs((local_day(at, zone) - at.date()).days) <= 1
