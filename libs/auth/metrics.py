"""What every process counts of the keys that it trusts."""

from collections.abc import Callable

from libs.telemetry.metrics import Telemetry


class AuthMetrics:
    """The metrics of one process's verifier."""

    def __init__(self, telemetry: Telemetry) -> None:
        """Declare them in the process's registry."""
        self._service = telemetry.service
        self._readings = telemetry.counter(
            "auth_key_set_readings_total", "Readings of the issuer's keys.", ("outcome",)
        )
        self._read_at = telemetry.gauge("auth_key_set_read_timestamp_seconds", "When the keys were last read.")
        self._api_keys = telemetry.gauge("auth_api_key_secrets", "Secrets of API keys in memory.").labels(self._service)

    def key_set_read(self, outcome: str) -> None:
        """Count a reading: `read` or `failed`."""
        self._readings.labels(self._service, outcome).inc()

    def key_set_at(self, seconds: float) -> None:
        """Say when the keys were read, in Unix time."""
        self._read_at.labels(self._service).set(seconds)

    def api_keys(self, count: Callable[[], int]) -> None:
        """Export how many secrets of API keys are in memory."""
        self._api_keys.set_function(count)
