"""What badges count."""

from libs.telemetry.metrics import Telemetry


class BadgeMetrics:
    """The metrics of badges."""

    def __init__(self, telemetry: Telemetry) -> None:
        """Declare them in the process's registry."""
        self._service = telemetry.service
        self._badges = telemetry.counter("gamification_badges_total", "Badges earned and revoked.", ("outcome",))

    def changed(self, *, earned: int, revoked: int) -> None:
        """Count what a settlement awarded and revoked."""
        self._badges.labels(self._service, "earned").inc(earned)
        self._badges.labels(self._service, "revoked").inc(revoked)
