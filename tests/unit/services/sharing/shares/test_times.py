from datetime import UTC, date, datetime, timedelta

import pytest

from services.sharing.shares.domain.times import time_of_publication
from services.sharing.shares.errors import ImpossibleTime

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)


def said(claimed: datetime | None, *, first_day: date = date(2026, 9, 7), zone: str = "Asia/Tokyo") -> datetime:
    return time_of_publication(claimed, now=NOW, first_day=first_day, time_zone=zone)


def test_without_a_claim_it_is_now() -> None:
    assert said(None) == NOW


def test_the_first_day_begins_at_midnight_in_the_programmes_zone() -> None:
    midnight = datetime(2026, 9, 6, 15, tzinfo=UTC)
    assert said(midnight) == midnight
    with pytest.raises(ImpossibleTime):
        said(midnight - timedelta(seconds=1))


def test_the_future_begins_in_five_minutes() -> None:
    assert said(NOW + timedelta(minutes=5)) == NOW + timedelta(minutes=5)
    with pytest.raises(ImpossibleTime):
        said(NOW + timedelta(minutes=5, seconds=1))


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York", "UTC"])
def test_the_ends_of_the_calendar_are_refused_and_do_not_overflow(zone: str) -> None:
    for claimed in (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
        with pytest.raises(ImpossibleTime):
            said(claimed, first_day=date.min, zone=zone)
