"""What the boards count."""

from libs.telemetry.metrics import Telemetry


class BoardMetrics:
    """The metrics of the projection."""

    def __init__(self, telemetry: Telemetry) -> None:
        """Declare them in the process's registry."""
        self._service = telemetry.service
        self._scores = telemetry.counter("gamification_board_scores_total", "Scores written to Valkey.")
        self._filled = telemetry.counter("gamification_boards_filled_total", "Boards rebuilt.", ("complete",))

    def shown(self, scores: int) -> None:
        """Count scores that were handed to Valkey."""
        self._scores.labels(self._service).inc(scores)

    def filled(self, *, complete: bool) -> None:
        """Count a rebuild; one that a flush overtook is not complete and is done again."""
        self._filled.labels(self._service, str(complete).lower()).inc()
