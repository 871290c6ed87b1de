"""What is counted of conversations."""

from libs.telemetry.metrics import Telemetry


class ConversationMetrics:
    """The reminders that one process has told."""

    def __init__(self, telemetry: Telemetry) -> None:
        """Declare them in the process's registry."""
        self._service = telemetry.service
        self._told = telemetry.counter("engagement_comments_told_total", "Comments told as waiting for an answer.")

    def told(self, comments: int) -> None:
        """Count comments whose author is told that they wait."""
        self._told.labels(self._service).inc(comments)
