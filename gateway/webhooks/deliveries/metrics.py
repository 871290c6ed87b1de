"""What deliveries count."""

from collections.abc import Callable

from libs.telemetry.metrics import Telemetry

# an attempt may take fifteen seconds
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0)


class DeliveryMetrics:
    """The attempts of one process, and what waits in the database that it shares."""

    def __init__(self, telemetry: Telemetry) -> None:
        """Declare them in the process's registry."""
        self._service = telemetry.service
        self._attempts = telemetry.counter("webhooks_attempts_total", "Attempts by what became of them.", ("outcome",))
        self._seconds = telemetry.histogram(
            "webhooks_attempt_duration_seconds", "From the name to the answer.", buckets=SECONDS
        )
        self._ended = telemetry.counter("webhooks_deliveries_total", "Deliveries by how they ended.", ("state",))
        self._disabled = telemetry.counter("webhooks_disabled_total", "Webhooks that were disabled.", ("reason",))
        self._replayed = telemetry.counter("webhooks_replayed_total", "Deliveries queued by replays.")
        self._under_way = telemetry.gauge("webhooks_attempts_under_way", "Attempts that are being made.")
        self._waiting = telemetry.gauge("webhooks_waiting_deliveries", "Deliveries that wait.").labels(self._service)
        self._oldest = telemetry.gauge(
            "webhooks_oldest_due_seconds", "For how long the oldest delivery is due."
        ).labels(self._service)

    def attempted(self, outcome: str, seconds: float) -> None:
        """Count an attempt."""
        self._attempts.labels(self._service, outcome).inc()
        self._seconds.labels(self._service).observe(seconds)

    def ended(self, state: str) -> None:
        """Count a delivery that came to its end: delivered or failed."""
        self._ended.labels(self._service, state).inc()

    def disabled(self, reason: str) -> None:
        """Count a webhook that was disabled because it is failing or gone."""
        self._disabled.labels(self._service, reason).inc()

    def replayed(self, count: int) -> None:
        """Count deliveries that a replay has queued."""
        self._replayed.labels(self._service).inc(count)

    def under_way(self, count: Callable[[], int]) -> None:
        """Export how many attempts are being made."""
        self._under_way.labels(self._service).set_function(count)

    def backlog(self, waiting: int, oldest: float) -> None:
        """Set how many deliveries wait, and for how many seconds the oldest of them is due."""
        self._waiting.set(waiting)
        self._oldest.set(oldest)
