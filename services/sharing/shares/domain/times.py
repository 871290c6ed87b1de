"""When a share may have been published."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from libs.problems import FieldError
from services.sharing.shares.errors import ImpossibleTime

FUTURE = timedelta(minutes=5)
"""How far a caller's clock may be ahead of ours."""
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""Older than any social network; keeps the arithmetic of times within the calendar."""


def time_of_publication(claimed: datetime | None, *, now: datetime, first_day: date, time_zone: str) -> datetime:
    """Return the time of publication in UTC: the claimed one, else now.

    Raises ImpossibleTime when it lies in the future, or before the programme's first day in its zone.
    """
    if claimed is None:
        return now
    if claimed > now + FUTURE:
        raise ImpossibleTime(errors=[FieldError("published_at", "must not be in the future")])
    if claimed < max(datetime.combine(first_day, time.min, ZoneInfo(time_zone)), EARLIEST):
        reason = f"must not be before the programme's first day, {first_day.isoformat()}"
        raise ImpossibleTime(errors=[FieldError("published_at", reason)])
    return claimed.astimezone(UTC)
