"""What integrity counts."""

from collections.abc import Sequence

from libs.telemetry.metrics import Telemetry
from services.gamification.integrity.domain import Finding


class IntegrityMetrics:
    """The metrics of the inspections."""

    def __init__(self, telemetry: Telemetry) -> None:
        """Declare them in the process's registry."""
        self._service = telemetry.service
        self._inspections = telemetry.counter("gamification_inspections_total", "Nightly inspections of a programme.")
        self._findings = telemetry.counter(
            "gamification_findings_total", "What the inspections found that was not known yet.", ("kind",)
        )

    def inspected(self, findings: Sequence[Finding]) -> None:
        """Count an inspection and what it found."""
        self._inspections.labels(self._service).inc()
        for finding in findings:
            self._findings.labels(self._service, finding.kind.value).inc()
