"""What exports count."""

from libs.telemetry.metrics import Telemetry
from services.engagement.exports.domain import Export, Format


class ExportMetrics:
    """Rows that one process has written into files."""

    def __init__(self, telemetry: Telemetry) -> None:
        """Declare them in the process's registry."""
        self._service = telemetry.service
        self._rows = telemetry.counter("engagement_exported_rows_total", "Rows written.", ("export", "format"))

    def written(self, export: Export, form: Format, rows: int) -> None:
        """Count one piece."""
        self._rows.labels(self._service, export, form).inc(rows)
