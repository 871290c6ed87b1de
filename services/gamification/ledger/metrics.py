"""What the ledger counts."""

from collections.abc import Sequence

from libs.telemetry.metrics import Telemetry
from services.gamification.ledger.domain import Difference


class LedgerMetrics:
    """The metrics of the ledger."""

    def __init__(self, telemetry: Telemetry) -> None:
        """Declare them in the process's registry."""
        self._service = telemetry.service
        self._entries = telemetry.counter("gamification_entries_total", "Entries booked.", ("kind", "direction"))
        self._points = telemetry.counter(
            "gamification_milli_points_total", "Milli-points booked, as amounts without sign.", ("kind", "direction")
        )

    def booked(self, differences: Sequence[Difference]) -> None:
        """Count booked differences, those that give apart from those that take."""
        for difference in differences:
            change = difference.line.milli_points - difference.before
            labels = (self._service, difference.key.kind, "up" if change > 0 else "down")
            self._entries.labels(*labels).inc()
            self._points.labels(*labels).inc(abs(change))
