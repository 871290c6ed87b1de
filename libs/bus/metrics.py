"""What the bus counts, the same in every service."""

from libs.telemetry.metrics import Telemetry


class BusMetrics:
    """The metrics of one process's consumers and relay."""

    def __init__(self, telemetry: Telemetry) -> None:
        """Declare them in the process's registry."""
        service = telemetry.service
        messages = ("consumer", "type", "outcome")
        self._service = service
        self._messages = telemetry.counter("bus_messages_total", "Messages by what became of them.", messages)
        self._seconds = telemetry.histogram("bus_batch_duration_seconds", "Time to apply one batch.", ("consumer",))
        self._dead = telemetry.counter("bus_dead_letters_total", "Messages parked for a person.", ("consumer", "type"))
        self._hints = telemetry.counter("bus_hints_total", "Hints by what became of them.", ("outcome",))
        self._pending = telemetry.gauge("outbox_pending_rows", "Messages waiting for the relay.").labels(service)
        self._age = telemetry.gauge("outbox_oldest_age_seconds", "Age of the oldest waiting message.").labels(service)

    def handled(self, consumer: str, event_type: str, outcome: str, number: int = 1) -> None:
        """Count messages of one outcome: applied, duplicate, delayed or dead."""
        self._messages.labels(self._service, consumer, event_type, outcome).inc(number)
        if outcome == "dead":
            self._dead.labels(self._service, consumer, event_type).inc()

    def took(self, consumer: str, seconds: float) -> None:
        """Observe the duration of one batch."""
        self._seconds.labels(self._service, consumer).observe(seconds)

    def hints(self, outcome: str, count: int = 1) -> None:
        """Count hints: told or lost."""
        self._hints.labels(self._service, outcome).inc(count)

    def outbox(self, pending: int, age: float) -> None:
        """Set what waits in the outbox and for how long, in seconds."""
        self._pending.set(pending)
        self._age.set(age)
