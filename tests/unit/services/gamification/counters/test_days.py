from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from libs.clock import new_id
from libs.periods import local_day
from services.gamification.counters.domain import Counted, midnights, window

ZONES = (
    "Europe/Paris",
    "America/New_York",
    "America/Sao_Paulo",
    "America/Havana",
    "Asia/Beirut",
    "Australia/Lord_Howe",
)
DAY = timedelta(days=1)
TIMES = st.datetimes(
    datetime(2000, 1, 1),  # noqa: DTZ001 - hypothesis takes bounds without zone
    datetime(2030, 1, 1),  # noqa: DTZ001 - same
    timezones=st.just(UTC),
)


@settings(max_examples=500)
@given(at=TIMES, zone=st.sampled_from(ZONES))
def test_an_instant_lies_between_the_midnights_of_its_local_day(at: datetime, zone: str) -> None:
    day = local_day(at, zone)
    first, second, third = midnights(day, day + 2 * DAY, zone)
    assert first <= at < second < third
    since, until = window(Counted(new_id(), new_id(), day, day), zone)
    assert since <= at <= until < second


def test_a_day_of_23_or_25_hours_is_one_day() -> None:
    spring = midnights(date(2026, 3, 29), date(2026, 3, 30), "Europe/Paris")
    autumn = midnights(date(2026, 10, 25), date(2026, 10, 26), "Europe/Paris")
    assert (spring[1] - spring[0], autumn[1] - autumn[0]) == (timedelta(hours=23), timedelta(hours=25))
