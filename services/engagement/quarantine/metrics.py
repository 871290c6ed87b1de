"""What the quarantine counts."""

from libs.telemetry.metrics import Telemetry
from services.engagement.quarantine.domain import Outcomes


class QuarantineMetrics:
    """What one process tries again, and how much waits."""

    def __init__(self, telemetry: Telemetry) -> None:
        """Declare them in the process's registry."""
        self._service = telemetry.service
        self._tried = telemetry.counter(
            "engagement_quarantine_retries_total", "Quarantined items tried again, by outcome.", ("outcome",)
        )
        self._waiting = telemetry.gauge(
            "engagement_quarantine_waiting_items", "Items that wait in the quarantine, by reason.", ("reason",)
        )

    def tried(self, outcomes: Outcomes) -> None:
        """Count what was tried again: new, duplicate, conflict, or the reason why it still cannot be used."""
        for outcome, number in outcomes.items():
            self._tried.labels(self._service, outcome).inc(number)

    def waiting(self, by_reason: dict[str, int]) -> None:
        """Set how many items wait for each reason."""
        self._waiting.clear()
        for reason, number in by_reason.items():
            self._waiting.labels(self._service, reason).set(number)
