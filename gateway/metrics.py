"""What the gateway counts beside the requests that every process counts."""

from collections.abc import Callable

from libs.telemetry.metrics import Telemetry


class Metrics:
    """The gateway's own metrics; every label comes from a closed set."""

    def __init__(self, telemetry: Telemetry) -> None:
        """Declare them in the process's registry."""
        self._service = telemetry.service
        self._refused = telemetry.counter("gateway_refused_total", "Requests refused at the door.", ("reason",))
        self._calls = telemetry.counter(
            "gateway_upstream_calls_total", "Calls to services by what became of them.", ("upstream", "outcome")
        )
        self._seconds = telemetry.histogram(
            "gateway_upstream_duration_seconds", "Time to the first byte of a service's answer.", ("upstream",)
        )
        self._retries = telemetry.counter("gateway_upstream_retries_total", "Calls made again.", ("upstream",))
        self._boards = telemetry.counter("gateway_board_reads_total", "Reads of boards.", ("read", "outcome"))
        self._names = telemetry.gauge("gateway_known_names", "Display names in memory.").labels(self._service)

    def refused(self, reason: str) -> None:
        """Count a request that was not let in; `reason` is the slug of the problem."""
        self._refused.labels(self._service, reason).inc()

    def called(self, upstream: str, outcome: str) -> None:
        """Count a call to a service: answered, left (by the client), cut (mid-answer), or a problem's slug."""
        self._calls.labels(self._service, upstream, outcome).inc()

    def answered(self, upstream: str, seconds: float) -> None:
        """Observe how long a service took to begin its answer."""
        self._seconds.labels(self._service, upstream).observe(seconds)

    def retried(self, upstream: str) -> None:
        """Count a call that is made a second time."""
        self._retries.labels(self._service, upstream).inc()

    def board_read(self, read: str, outcome: str) -> None:
        """Count a read (page, around, rank, among, several) of boards: rows, unchanged, or the slug of the problem."""
        self._boards.labels(self._service, read, outcome).inc()

    def names(self, count: Callable[[], int]) -> None:
        """Export how many display names are in memory."""
        self._names.set_function(count)
