"""What is counted of links. Those who are sent on stand in no log and in none of the metrics of requests."""

from collections.abc import Callable
from typing import Literal

from libs.telemetry.metrics import Telemetry


class LinkMetrics:
    """The metrics of links and visits of one process."""

    def __init__(self, telemetry: Telemetry) -> None:
        """Declare them in the process's registry."""
        service = telemetry.service
        self._service = service
        self._links = telemetry.counter("gateway_links_total", "Requests for links, by outcome.", ("outcome",))
        self._followed = self._links.labels(service, "followed")
        self._lost = telemetry.counter("gateway_visits_lost_total", "Visits that nobody will hear of.", ("reason",))
        self._waiting = telemetry.gauge("gateway_visits_waiting", "Visits that the broker does not have yet.")

    def followed(self, number: int) -> None:
        """Count requests that were sent on."""
        self._followed.inc(number)

    def refused(self, outcome: str) -> None:
        """Count a request that could not be sent on, by the slug of the problem."""
        self._links.labels(self._service, outcome).inc()

    def lost(self, number: int, reason: Literal["noted", "unsent"]) -> None:
        """Count visits that found no room: among those of this tenth of a second, or of those the broker must take."""
        self._lost.labels(self._service, reason).inc(number)

    def waiting(self, count: Callable[[], int]) -> None:
        """Export how many visits wait."""
        self._waiting.labels(self._service).set_function(count)
