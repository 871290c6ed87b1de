"""Named failures of the bus."""

from libs.problems import Problem


class BusUnavailable(Problem):
    """The broker did not acknowledge in time; the message may or may not be stored."""

    slug, status, title = "bus-unavailable", 503, "The message broker did not answer"


class PublishRefused(Exception):  # noqa: N818 - says what the broker did
    """The broker refused a message or a batch; `code` is JetStream's error code."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(f"{description} ({code})")
        self.code = code
