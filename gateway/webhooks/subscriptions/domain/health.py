"""When an endpoint that fails is disabled, and for how long one that has too much to do is left alone."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum

from gateway.webhooks.endpoints.answers import SERVER_ERROR, Outcome


class Disabled(StrEnum):
    """Why a webhook hears nothing."""

    OWNER = "owner"
    FAILING = "failing"
    GONE = "gone"


OVERLOADED = timedelta(minutes=1)  # it says so, or does not answer in time: it would take a place for nothing
UNWELL = timedelta(seconds=1)  # with ten thousand that wait for it, it would be asked a hundred times a second
LONGEST = timedelta(hours=1)


def pause_of(outcome: Outcome, status: int | None) -> timedelta | None:
    """Return for how long an endpoint that failed is left alone; None for one that only did not want what it got."""
    if outcome in {Outcome.THROTTLED, Outcome.TIMED_OUT}:
        return OVERLOADED
    return None if status is not None and status < SERVER_ERROR else UNWELL


def throttle(retry_after: str | None, *, pause: timedelta | None, now: datetime) -> timedelta | None:
    """Return for how long to send nothing: what `Retry-After` asks for, at most an hour; else `pause`."""
    asked = _asked(retry_after, now=now)
    return pause if asked is None else min(max(asked, timedelta(seconds=1)), LONGEST)


def verdict(*, gone: bool, failing_since: datetime, patience: timedelta, now: datetime) -> Disabled | None:
    """Return why to disable an endpoint that has failed just now; None to go on trying."""
    if gone:
        return Disabled.GONE
    return Disabled.FAILING if now - failing_since >= patience else None


def _asked(retry_after: str | None, *, now: datetime) -> timedelta | None:
    """Read `Retry-After` (RFC 9110, 10.2.3): seconds or a date; None for anything else."""
    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:9]), 10**8))
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)) - now
