"""Time and identity: the only place that asks the machine for either."""

from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from uuid_utils.compat import uuid7


class Clock(Protocol):
    """Tells the time; tests hand in one that they move."""

    def now(self) -> datetime:
        """Return the time, aware and in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the time, aware and in UTC."""
        return datetime.now(UTC)


def new_id() -> UUID:
    """Return a UUIDv7 (RFC 9562): unique, and increasing with time so that indexes stay dense."""
    return uuid7()
