"""What is counted of proposals."""

from libs.telemetry.metrics import Telemetry
from services.content.proposals.domain import State


class ProposalMetrics:
    """The metrics of one process's proposals."""

    def __init__(self, telemetry: Telemetry) -> None:
        """Declare them in the process's registry."""
        self._service = telemetry.service
        self._proposals = telemetry.counter("content_proposals_total", "Proposals made and decided.", ("state",))

    def moved(self, state: State) -> None:
        """Count a proposal that was made or decided."""
        self._proposals.labels(self._service, state.value).inc()
