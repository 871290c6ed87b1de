"""What is counted of links."""

from libs.telemetry.metrics import Telemetry


class LinkMetrics:
    """The metrics of one process's links."""

    def __init__(self, telemetry: Telemetry) -> None:
        """Declare them in the process's registry."""
        self._service = telemetry.service
        self._links = telemetry.counter("sharing_links_total", "Links asked for.", ("network",))

    def asked(self, network: str) -> None:
        """Count a link that somebody asked for."""
        self._links.labels(self._service, network).inc()
