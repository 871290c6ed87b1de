"""What imports count."""

from libs.telemetry.metrics import Telemetry
from services.engagement.imports.domain.states import State
from services.engagement.imports.tables import ImportFile


class ImportMetrics:
    """Imports of one process by how they ended, rows by how they were judged, and the time of a piece."""

    def __init__(self, telemetry: Telemetry) -> None:
        """Declare them in the process's registry."""
        self._service = telemetry.service
        self._imports = telemetry.counter("engagement_imports_total", "Imports by the state they reached.", ("state",))
        self._rows = telemetry.counter("engagement_import_rows_total", "Rows of imports, as judged.", ("outcome",))
        self._seconds = telemetry.histogram(
            "engagement_import_piece_duration_seconds", "Time to read and write one piece of a file."
        )

    def reached(self, state: State) -> None:
        """Count an import that has come to a state."""
        self._imports.labels(self._service, state).inc()

    def checked(self, file: ImportFile) -> None:
        """Count the rows of a file that was read to its end."""
        self._rows.labels(self._service, "valid").inc(file.valid)
        self._rows.labels(self._service, "rejected").inc((file.rows_total or 0) - file.valid)

    def piece(self, seconds: float) -> None:
        """Observe the time of one piece."""
        self._seconds.labels(self._service).observe(seconds)
