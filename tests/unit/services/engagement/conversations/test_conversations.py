"""Quiet hours and weeks, also where clocks change."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.periods import local_day, week_of
from services.engagement.conversations.domain import Plan, last_mondays, minutes_between, start_of

ZONES = ["Europe/Paris", "America/New_York", "Pacific/Auckland", "America/Santiago", "Asia/Kolkata", "UTC"]
INSTANTS = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - st.datetimes wants bounds without a zone


@pytest.mark.parametrize(
    ("quiet_from", "quiet_until", "clock", "quiet"),
    [
        ("20:00", "08:00", "19:59", False),
        ("20:00", "08:00", "20:00", True),
        ("20:00", "08:00", "00:00", True),
        ("20:00", "08:00", "07:59", True),
        ("20:00", "08:00", "08:00", False),
        ("12:00", "14:00", "11:59", False),
        ("12:00", "14:00", "12:00", True),
        ("12:00", "14:00", "14:00", False),
        ("09:00", "09:00", "09:00", False),
        ("00:00", "00:00", "00:00", False),
    ],
)
def test_quiet_hours_end_before_the_second_time(quiet_from: str, quiet_until: str, clock: str, *, quiet: bool) -> None:
    plan = Plan(after_hours=1, quiet_from=time.fromisoformat(quiet_from), quiet_until=time.fromisoformat(quiet_until))
    at = datetime.fromisoformat(f"2026-11-18T{clock}:00+00:00")
    assert plan.is_quiet(at, "UTC") is quiet


@pytest.mark.parametrize(("at", "quiet"), [("2026-10-24T06:30Z", False), ("2026-10-25T06:30Z", True)])
def test_the_clocks_of_the_programme_count_on_both_sides_of_a_change(at: str, *, quiet: bool) -> None:
    plan = Plan(after_hours=1, quiet_from=time(20), quiet_until=time(8))
    assert plan.is_quiet(datetime.fromisoformat(at), "Europe/Paris") is quiet


@given(now=INSTANTS, time_zone=st.sampled_from(ZONES), weeks=st.integers(1, 53))
def test_the_last_weeks_end_with_this_one(now: datetime, time_zone: str, weeks: int) -> None:
    mondays = last_mondays(now, time_zone, weeks=weeks)
    assert len(mondays) == len({week_of(day) for day in mondays}) == weeks
    assert week_of(mondays[-1]) == week_of(local_day(now, time_zone))
    starts = [start_of(day, time_zone) for day in mondays]
    assert starts[-1] <= now < start_of(mondays[-1] + timedelta(weeks=1), time_zone)
    for day, start in zip(mondays, starts, strict=True):
        assert local_day(start, time_zone) == day
        assert local_day(start - timedelta(seconds=1), time_zone) < day


def test_a_week_in_which_clocks_change_has_its_own_length() -> None:
    long = start_of(date(2026, 10, 26), "Europe/Paris") - start_of(date(2026, 10, 19), "Europe/Paris")
    assert long == timedelta(days=7, hours=1)


@given(start=INSTANTS, end=INSTANTS)
def test_nobody_waits_for_less_than_nothing(start: datetime, end: datetime) -> None:
    assert minutes_between(start, end) == max(0, int((end - start).total_seconds() // 60))
