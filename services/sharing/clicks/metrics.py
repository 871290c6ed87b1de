"""What is counted of clicks."""

from collections import Counter

from libs.telemetry.metrics import Telemetry


class ClickMetrics:
    """The clicks that one process has kept and judged. Counted just before the commit."""

    def __init__(self, telemetry: Telemetry) -> None:
        """Declare them in the process's registry."""
        service = telemetry.service
        self._service = service
        self._clicks = telemetry.counter("sharing_clicks_total", "Clicks judged, by verdict.", ("verdict",))
        self._kept = telemetry.counter("sharing_visits_kept_total", "Visits of links kept.").labels(service)
        self._unknown = telemetry.counter(
            "sharing_visits_unknown_total", "Visits that were known already, or of links that are not."
        ).labels(service)

    def kept(self, number: int, *, of: int) -> None:
        """Count visits that came, and those among them that were kept."""
        self._kept.inc(number)
        self._unknown.inc(of - number)

    def judged(self, verdicts: Counter[str]) -> None:
        """Count verdicts."""
        for verdict, number in verdicts.items():
            self._clicks.labels(self._service, verdict).inc(number)
