"""A clock that tests move."""

from datetime import UTC, datetime, timedelta


class MovedClock:
    """Stands at a time until it is moved."""

    def __init__(self, at: datetime = datetime(2026, 11, 18, 12, tzinfo=UTC)) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    def forward(self, **by: float) -> None:
        self._at += timedelta(**by)
