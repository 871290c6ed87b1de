"""What is counted of shares and previews."""

from contextlib import AbstractContextManager

from libs.telemetry.metrics import Telemetry

TENTHS = tuple(step / 10 for step in range(1, 11))


class ShareMetrics:
    """The metrics of one process's shares. A share is counted just before its commit."""

    def __init__(self, telemetry: Telemetry) -> None:
        """Declare them in the process's registry."""
        service = telemetry.service
        self._service = service
        self._shares = telemetry.counter("sharing_shares_total", "Shares recorded.", ("network",))
        self._previews = telemetry.counter("sharing_previews_total", "Texts measured before posting.").labels(service)
        self._originality = telemetry.histogram(
            "sharing_originality_ratio", "Originality of recorded shares, 0 to 1.", buckets=TENTHS
        ).labels(service)
        self._seconds = telemetry.histogram(
            "sharing_measure_duration_seconds", "Time to read what a text is compared with, and to compare."
        ).labels(service)

    def recorded(self, network: str, originality: float) -> None:
        """Count a share."""
        self._shares.labels(self._service, network).inc()
        self._originality.observe(originality)

    def previewed(self) -> None:
        """Count a preview."""
        self._previews.inc()

    def measuring(self) -> AbstractContextManager[object]:
        """Observe the duration of the block."""
        return self._seconds.time()
