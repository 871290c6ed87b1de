"""What the webhooks count."""

from collections import Counter

from libs.telemetry.metrics import Telemetry

Outcomes = Counter[tuple[str, str]]  # by network, and interaction, taken-back, unsupported-form, …


class WebhookMetrics:
    """The deliveries that one process has read, and those that it turned away."""

    def __init__(self, telemetry: Telemetry) -> None:
        """Declare them in the process's registry."""
        self._service = telemetry.service
        self._notices = telemetry.counter(
            "engagement_webhook_notices_total", "What networks told, by what was read in it.", ("network", "outcome")
        )
        self._refused = telemetry.counter(
            "engagement_signatures_refused_total", "Signed requests whose signature was wrong.", ("sender",)
        )

    def read(self, outcomes: Outcomes) -> None:
        """Count the notices of deliveries that were read."""
        for (network, outcome), number in outcomes.items():
            self._notices.labels(self._service, network, outcome).inc(number)

    def refused(self, sender: str) -> None:
        """Count a request whose signature was wrong: linkedin, x, meta or conversions."""
        self._refused.labels(self._service, sender).inc()
