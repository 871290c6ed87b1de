"""What live boards count."""

from collections.abc import Callable

from libs.telemetry.metrics import Telemetry


class LiveMetrics:
    """The metrics of the streams; every label comes from a closed set."""

    def __init__(self, telemetry: Telemetry) -> None:
        """Declare them in the process's registry."""
        self._service = telemetry.service
        self._listeners = telemetry.gauge("gateway_live_listeners", "Open streams of boards.").labels(self._service)
        frames = telemetry.counter("gateway_live_frames_total", "Events sent to listeners.", ("kind",))
        # found once: finding a label takes longer than counting
        self._frames = {kind: frames.labels(self._service, kind) for kind in ("snapshot", "change", "heartbeat")}
        self._ended = telemetry.counter("gateway_live_ended_total", "Streams that ended.", ("reason",))
        self._seconds = telemetry.histogram(
            "gateway_live_hint_duration_seconds", "Time from a hint to the frame that it led to."
        ).labels(self._service)

    def listeners(self, count: Callable[[], int]) -> None:
        """Export how many streams are open."""
        self._listeners.set_function(count)

    def sent(self, kind: str) -> None:
        """Count an event of one listener: snapshot, change or heartbeat."""
        self._frames[kind].inc()

    def ended(self, reason: str) -> None:
        """Count the end of a stream: left, slow, expired, over or closing."""
        self._ended.labels(self._service, reason).inc()

    def renewed(self, seconds: float) -> None:
        """Observe how long a page took from the hint to its new state."""
        self._seconds.observe(seconds)
