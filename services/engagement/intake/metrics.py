"""What the doors count."""

from collections.abc import Iterable
from typing import Literal

from libs.events.intake import Door, TakingBack
from libs.telemetry.metrics import Telemetry
from services.engagement.intake.domain import Refusal


class DoorMetrics:
    """What comes in at one process's doors, what is refused, and what is turned away."""

    def __init__(self, telemetry: Telemetry) -> None:
        """Declare them in the process's registry."""
        self._service = telemetry.service
        self._accepted = telemetry.counter("engagement_accepted_total", "Items and rows kept by a door.", ("door",))
        self._rejected = telemetry.counter(
            "engagement_rejected_total", "Items and rows refused at a door.", ("door", "reason")
        )
        self._turned = telemetry.counter(
            "engagement_turned_away_total", "Requests turned away unread.", ("door", "reason")
        )
        self._requests = telemetry.gauge("engagement_door_requests", "Requests under way.").labels(self._service)
        self._bytes = telemetry.gauge("engagement_door_bytes", "Bytes of bodies under way.").labels(self._service)
        self._waiting = telemetry.gauge("engagement_intake_messages", "Messages that wait to be applied.").labels(
            self._service
        )

    def accepted(self, door: Door | TakingBack, count: int) -> None:
        """Count what is on the broker's disk."""
        self._accepted.labels(self._service, door).inc(count)

    def refused(self, door: Door | TakingBack, refusals: Iterable[Refusal]) -> None:
        """Count refusals: share (how it is named), time, person, or form."""
        for refusal in refusals:
            self._rejected.labels(self._service, door, refusal.reason).inc()

    def turned_away(self, door: Door | TakingBack, reason: Literal["full", "backlog", "broker"]) -> None:
        """Count a request of which nothing was read."""
        self._turned.labels(self._service, door, reason).inc()

    def under_way(self, requests: int, size: int) -> None:
        """Set what is under way."""
        self._requests.set(requests)
        self._bytes.set(size)

    def waiting(self, messages: int) -> None:
        """Set how many accepted messages wait to be applied."""
        self._waiting.set(messages)
