"""What clicks count."""

from collections import Counter

from libs.telemetry.metrics import Telemetry


class ClickMetrics:
    """The clicks that one process has heard of."""

    def __init__(self, telemetry: Telemetry) -> None:
        """Declare them in the process's registry."""
        self._service = telemetry.service
        self._clicks = telemetry.counter("engagement_clicks_total", "Clicks told of, by verdict.", ("verdict",))

    def heard(self, verdicts: Counter[str]) -> None:
        """Count clicks: valid, or why each was rejected."""
        for verdict, number in verdicts.items():
            self._clicks.labels(self._service, verdict).inc(number)
