"""A period holds exactly the instants whose local day belongs to it, also where clocks change."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.periods import local_day, season_of, week_of
from services.engagement.measures.domain.participation import month_of
from services.engagement.measures.domain.periods import EVER, Calendar, span_of
from services.engagement.measures.errors import InvalidPeriod

# among them zones where midnight is skipped (Santiago, Beirut), or comes twice (Havana), or where a day was left out
ZONES = [
    "Europe/Paris",
    "America/New_York",
    "Pacific/Auckland",
    "America/Santiago",
    "Asia/Beirut",
    "America/Havana",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "UTC",
]
INSTANTS = st.datetimes(datetime(2015, 1, 3), datetime(2037, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001 - the strategy takes naive limits
DAYS = st.dates(date(2014, 1, 1), date(2038, 1, 1))


def names(at: datetime, calendar: Calendar) -> list[str]:
    day = local_day(at, calendar.time_zone)
    return [day.isoformat(), week_of(day), day.isoformat()[:7], season_of(day, calendar.first_day)]


@given(at=INSTANTS, zone=st.sampled_from(ZONES), first_day=DAYS)
def test_an_instant_lies_in_the_periods_that_are_named_after_it(at: datetime, zone: str, first_day: date) -> None:
    calendar = Calendar(zone, first_day)
    for name in names(at, calendar):
        if name == "S000" or name > "S999":
            continue
        span = span_of(name, calendar)
        assert span.start <= at < span.end
        # the instants beside it belong to others
        assert name not in names(span.start - timedelta(microseconds=1), calendar)
        assert name not in names(span.end, calendar)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Paris", "2026-10-25", 25),
        ("Europe/Paris", "2026-03-29", 23),
        ("Australia/Lord_Howe", "2026-04-05", 24.5),
        ("Asia/Kathmandu", "2026-03-29", 24),
    ],
)
def test_a_day_has_as_many_hours_as_the_clocks_give_it(zone: str, day: str, hours: float) -> None:
    span = span_of(day, Calendar(zone, date(2026, 1, 1)))
    assert span.end - span.start == timedelta(hours=hours)


def test_a_season_is_thirteen_whole_weeks_from_the_week_of_the_first_day() -> None:
    calendar = Calendar("Europe/Paris", date(2026, 9, 9))
    assert span_of("S001", calendar).start == datetime(2026, 9, 6, 22, tzinfo=UTC)
    assert span_of("S001", calendar).end == span_of("S002", calendar).start == datetime(2026, 12, 6, 23, tzinfo=UTC)
    assert span_of("S000", calendar).end == span_of("S001", calendar).start
    assert span_of("all", calendar) == EVER


@pytest.mark.parametrize("name", ["", "2026", "2026-W00", "2026-W54", "2026-02-30", "S1", "s001", "ALL", "2026-11-2٢"])
def test_what_is_no_period_is_refused_with_the_field(name: str) -> None:
    with pytest.raises(InvalidPeriod) as caught:
        span_of(name, Calendar("Europe/Paris", date(2026, 9, 9)))
    assert [error.field for error in caught.value.errors] == ["period"]


@given(first=st.dates(date(2020, 1, 1), date(2035, 1, 1)), zone=st.sampled_from(ZONES))
def test_every_week_begins_in_exactly_one_month(first: date, zone: str) -> None:
    calendar, first = Calendar(zone, date(2020, 1, 6)), first.replace(day=1)
    now = datetime(2040, 1, 1, tzinfo=UTC)
    month = month_of(first, calendar, now=now)
    days = [local_day(at, zone) for at in month.mondays]
    assert all(day.weekday() == 0 for day in days)
    assert all(day.isoformat()[:7] == first.isoformat()[:7] for day in days[:-1])
    assert days[-1].isoformat()[:7] > first.isoformat()[:7] or days[-1].day == 1
    assert all(later - earlier == timedelta(weeks=1) for earlier, later in pairwise(days))
    following = month_of(days[-1].replace(day=1), calendar, now=now)
    assert month.mondays[-1] == following.mondays[0]


def test_a_month_under_way_ends_now() -> None:
    calendar, now = Calendar("Europe/Paris", date(2026, 1, 5)), datetime(2026, 11, 25, 23, 30, tzinfo=UTC)
    month = month_of(date(2026, 11, 1), calendar, now=now)
    assert (month.span.end, month.members_until) == (now, date(2026, 11, 26))  # already tomorrow in Paris
    assert month.settled_until == date(2026, 10, 27)
