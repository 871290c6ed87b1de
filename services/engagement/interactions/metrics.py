"""What applying interactions counts."""

from libs.telemetry.metrics import Telemetry
from services.engagement.interactions.domain import Outcomes
from services.engagement.interactions.domain.withdrawals import Outcomes as Withdrawals


class InteractionMetrics:
    """The interactions that one process has applied, and how long it took."""

    def __init__(self, telemetry: Telemetry) -> None:
        """Declare them in the process's registry."""
        self._service = telemetry.service
        self._interactions = telemetry.counter(
            "engagement_interactions_total", "Accepted interactions by what became of them.", ("kind", "outcome")
        )
        self._withdrawals = telemetry.counter(
            "engagement_withdrawals_total", "What was taken back, by what that came to.", ("outcome",)
        )
        self._seconds = telemetry.histogram("engagement_apply_duration_seconds", "Time to apply one set of batches.")

    def applied(self, outcomes: Outcomes, *, seconds: float) -> None:
        """Count one set: applied, withdrawn (taken back before it came), duplicate, conflict or quarantined."""
        for (kind, outcome), number in outcomes.items():
            self._interactions.labels(self._service, kind, outcome).inc(number)
        self._seconds.labels(self._service).observe(seconds)

    def taken_back(self, outcomes: Withdrawals) -> None:
        """Count one set: withdrawn, repeated, or waiting for what may still come."""
        for outcome, number in outcomes.items():
            self._withdrawals.labels(self._service, outcome).inc(number)
