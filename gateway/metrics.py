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
        self._breakers = telemetry.gauge(
            "gateway_breaker_open", "Whether calls to a service are refused because it is down.", ("upstream",)
        )
        self._limited = telemetry.counter("gateway_limited_total", "Calls beyond a limit.", ("rate",))
        self._uncounted = telemetry.counter(
            "gateway_uncounted_total", "Calls that each process counted for itself, without Valkey.", ("rate",)
        )
        self._shed = telemetry.counter("gateway_shed_total", "Calls turned away for want of a place.", ("work",))
        self._under_way = telemetry.gauge("gateway_under_way_calls", "Calls under way.", ("work",))
        self._boards = telemetry.counter("gateway_board_reads_total", "Reads of boards.", ("read", "outcome"))
        self._reads: dict[tuple[str, str], Callable[[], None]] = {}
        self._snapshots = telemetry.counter(
            "gateway_snapshots_total", "Looks after the snapshots of boards by what came of them.", ("outcome",)
        )
        self._snapshot_bytes = telemetry.gauge(
            "gateway_snapshot_bytes", "Memory that snapshots of boards take at most."
        ).labels(self._service)
        self._pending = telemetry.gauge(
            "gateway_valkey_pending_calls", "Calls to Valkey that wait for an answer."
        ).labels(self._service)
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

    def breaker(self, upstream: str, *, is_open: bool) -> None:
        """Say whether calls to a service are refused at once."""
        self._breakers.labels(self._service, upstream).set(is_open)

    def limited(self, rate: str) -> None:
        """Count a call that was one too many."""
        self._limited.labels(self._service, rate).inc()

    def uncounted(self, rate: str) -> None:
        """Count a call that would have been counted in Valkey, had it answered."""
        self._uncounted.labels(self._service, rate).inc()

    def shed(self, work: str) -> None:
        """Count a call that found no place."""
        self._shed.labels(self._service, work).inc()

    def under_way(self, work: str, count: Callable[[], int]) -> None:
        """Export how many calls of a class are under way."""
        self._under_way.labels(self._service, work).set_function(count)

    def board_read(self, read: str, outcome: str) -> None:
        """Count a read (page, around, rank, among, several) of boards: rows, unchanged, or the slug of the problem."""
        count = self._reads.get((read, outcome))
        if count is None:
            count = self._reads[read, outcome] = self._boards.labels(self._service, read, outcome).inc
        count()

    def snapshot(self, outcome: str) -> None:
        """Count a look whether a snapshot is still right: unchanged, made (anew) or failed."""
        self._snapshots.labels(self._service, outcome).inc()

    def watch(self, *, snapshot_bytes: Callable[[], int], pending: Callable[[], int]) -> None:
        """Export what boards take of memory, and how much waits for Valkey."""
        self._snapshot_bytes.set_function(snapshot_bytes)
        self._pending.set_function(pending)

    def names(self, count: Callable[[], int]) -> None:
        """Export how many display names are in memory."""
        self._names.set_function(count)
