"""Prometheus metrics: one registry for each process, handed in, so that tests and services never share numbers."""

from collections.abc import Sequence

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

# a bound stands at each promise we make (50 ms, 100 ms, 1 s)
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Telemetry:
    """The metrics of one process. Every metric carries the label `service`."""

    def __init__(self, service: str) -> None:
        """Make an empty registry with the process and platform collectors."""
        self.service = service
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)

    def counter(self, name: str, text: str, labels: Sequence[str] = ()) -> Counter:
        """Declare a counter; its name ends in `_total`."""
        return Counter(name, text, ("service", *labels), registry=self.registry)

    def gauge(self, name: str, text: str, labels: Sequence[str] = ()) -> Gauge:
        """Declare a gauge; its name ends in a unit."""
        return Gauge(name, text, ("service", *labels), registry=self.registry)

    def histogram(
        self, name: str, text: str, labels: Sequence[str] = (), *, buckets: Sequence[float] = SECONDS
    ) -> Histogram:
        """Declare a histogram; its name ends in a unit."""
        return Histogram(name, text, ("service", *labels), registry=self.registry, buckets=buckets)

    def exposition(self) -> bytes:
        """Return all metrics in the Prometheus text format."""
        return generate_latest(self.registry)
