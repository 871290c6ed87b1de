"""What the doors count."""

from collections.abc import Iterable
from typing import Literal

from libs.telemetry.metrics import Telemetry
from services.engagement.intake.domain import Refusal

Door = Literal["interactions", "imports"]


class DoorMetrics:
    """Refusals of one process's doors, by class of reason."""

    def __init__(self, telemetry: Telemetry) -> None:
        """Declare them in the process's registry."""
        self._service = telemetry.service
        self._rejected = telemetry.counter(
            "engagement_rejected_total", "Items and rows refused at a door.", ("door", "reason")
        )

    def refused(self, door: Door, refusals: Iterable[Refusal]) -> None:
        """Count refusals: share (unknown), time, person, or form."""
        for refusal in refusals:
            self._rejected.labels(self._service, door, refusal.reason).inc()
