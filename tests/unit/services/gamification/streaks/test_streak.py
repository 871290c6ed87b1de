from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.periods import week_of
from services.gamification.streaks.domain import Cadence, Cadences, streak, weekly

MONDAY = date(2026, 1, 5)  # 2026-W02
ZONES = ("Europe/Paris", "America/New_York", "Australia/Lord_Howe", "America/Havana", "Asia/Beirut", "Pacific/Auckland")
ONE_A_WEEK = Cadences([], "Europe/Paris")


def week(number: int) -> str:
    """The week so many weeks after the first Monday."""
    return week_of(MONDAY + timedelta(weeks=number))


def at(number: int) -> datetime:
    return datetime.combine(MONDAY + timedelta(weeks=number), time(), UTC)


def cadence(since: int, *, target: int = 1, paused: bool = False, zone: str = "Europe/Paris") -> Cadence:
    return Cadence(since=at(since) + timedelta(hours=12), target=target, time_zone=zone, paused=paused)


def after(pattern: str, cadences: Cadences = ONE_A_WEEK) -> tuple[int, int]:
    """Current and longest streak when each letter is a week: a digit for what was done, `.` for nothing."""
    done = {week(n): int(letter) for n, letter in enumerate(pattern) if letter != "."}
    found = streak(done, cadences, week(len(pattern) - 1))
    return found.current, found.longest


@pytest.mark.parametrize(
    ("pattern", "current", "longest"),
    [
        ("1111", 4, 4),
        ("111.", 3, 3),  # the present week is not missed before its end
        ("11.11", 4, 4),  # one freeze
        ("11..11", 2, 2),  # two weeks missed end it
        ("11.1.11", 3, 3),  # the second comes too soon: what stands is since the first
        ("11.111.1", 6, 6),  # four weeks later there is another freeze
        ("111111.....", 0, 6),  # the longest is kept
        (".....", 0, 0),
        ("", 0, 0),
    ],
)
def test_weeks_in_a_row(pattern: str, current: int, longest: int) -> None:
    assert after(pattern or ".") == (current, longest)


def test_a_frozen_week_is_named() -> None:
    done = {week(n): 1 for n in (0, 1, 3, 4)}
    assert streak(done, ONE_A_WEEK, week(4)).frozen == (week(2),)


def test_a_pause_neither_breaks_nor_counts() -> None:
    chosen = Cadences([cadence(2, paused=True), cadence(7)], "Europe/Paris")
    assert after("11......11", chosen) == (4, 4)  # the week after the pause is frozen
    assert after("11......11") == (2, 2)


def test_a_higher_target_judges_no_week_before_it() -> None:
    chosen = Cadences([cadence(3, target=3)], "Europe/Paris")
    assert after("11133", chosen) == (5, 5)
    assert after("11111111", chosen) == (0, 3)


def test_an_event_belongs_to_the_week_of_the_zone_that_held_then() -> None:
    late = datetime(2026, 1, 11, 22, tzinfo=UTC)  # Sunday in Paris, Monday in Tokyo
    moved = Cadence(since=late - timedelta(days=30), target=1, time_zone="Asia/Tokyo", paused=False)
    assert weekly([late], ONE_A_WEEK) == {week(0): 1}
    assert weekly([late], Cadences([moved], "Europe/Paris")) == {week(1): 1}


@settings(max_examples=300)
@given(
    zone=st.sampled_from(ZONES),
    start=st.dates(date(2007, 1, 1), date(2030, 1, 1)),
    days=st.lists(st.tuples(st.integers(0, 6), st.times()), min_size=2, max_size=60),
)
def test_clock_changes_never_break_a_streak(zone: str, start: date, days: list[tuple[int, time]]) -> None:
    monday = start - timedelta(days=start.weekday())
    times = [
        datetime.combine(monday + timedelta(weeks=n, days=day), clock, ZoneInfo(zone)).astimezone(UTC)
        for n, (day, clock) in enumerate(days)
    ]
    cadences = Cadences([], zone)
    found = streak(weekly(times, cadences), cadences, cadences.week(times[-1]))
    assert (found.current, found.frozen) == (len(times), ())


WEEKS = st.dictionaries(st.integers(0, 40), st.integers(1, 3), max_size=41)


@settings(max_examples=500)
@given(done=WEEKS, more=st.integers(0, 40), target=st.integers(1, 3))
def test_one_more_share_can_only_lengthen_a_streak(done: dict[int, int], more: int, target: int) -> None:
    cadences = Cadences([cadence(-10, target=target)], "Europe/Paris")
    before = streak({week(n): times for n, times in done.items()}, cadences, week(40))
    grown = {**done, more: done.get(more, 0) + 1}
    after_it = streak({week(n): times for n, times in grown.items()}, cadences, week(40))
    assert after_it.current >= before.current
    assert after_it.longest >= before.longest


@given(done=WEEKS)
def test_four_weeks_of_a_streak_hold_one_missed_week_at_most(done: dict[int, int]) -> None:
    found = streak({week(n): times for n, times in done.items()}, ONE_A_WEEK, week(41))
    frozen = [date.fromisoformat(f"{name}-1") for name in found.frozen]
    assert all((later - earlier).days >= 28 for earlier, later in pairwise(frozen))
    assert 0 <= found.current <= found.longest <= len(done)


@given(times=st.lists(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))))  # noqa: DTZ001 - hypothesis takes bounds without zone
def test_the_order_of_arrival_does_not_matter(times: list[datetime]) -> None:
    assert weekly(times, ONE_A_WEEK) == weekly(times[::-1], ONE_A_WEEK)
