"""Failures that belong to the gateway itself."""

from collections.abc import Sequence
from uuid import UUID

from libs.problems import Problem


class ServiceUnavailable(Problem):
    """The service behind this route cannot be reached, or has no place left; nothing was done."""

    slug, status, title = "service-unavailable", 503, "This part of Timbre cannot be reached"


class ServiceTooSlow(Problem):
    """The service behind this route did not answer in time; the change may or may not have been made."""

    slug, status, title = "service-too-slow", 504, "This part of Timbre did not answer in time"


class ServiceFailed(Problem):
    """The service behind this route broke off; the change may or may not have been made."""

    slug, status, title = "service-failed", 502, "This part of Timbre broke off"


class BodyTooSlow(Problem):
    """The client did not send its body in time."""

    slug, status, title = "body-too-slow", 408, "The body did not arrive in time"


class Overloaded(Problem):
    """As much of this work is under way as there is room for; nothing was done."""

    slug, status, title = "overloaded", 503, "Too much is under way"


class TooManyRequests(Problem):
    """The caller has used up the limit of this class of calls; nothing was done. `fields` say how much is left."""

    slug, status, title = "too-many-requests", 429, "Too many requests"

    def __init__(self, detail: str, *, retry_after: int, fields: Sequence[tuple[bytes, bytes]]) -> None:
        super().__init__(detail, retry_after=retry_after)
        self.fields = tuple(fields)


class LimitsUnavailable(Problem):
    """This class of calls is let in only when it can be counted, and it cannot; nothing was done."""

    slug, status, title = "limits-unavailable", 503, "Calls cannot be counted now"


class BoardNotFound(Problem):
    """There is no board of this id."""

    slug, status, title = "board-not-found", 404, "There is no such board"


def no_board(board_id: UUID) -> BoardNotFound:
    """Return what is said of every board that the caller may not know, or that does not exist."""
    return BoardNotFound(f"no board has the id {board_id}")


class PeriodNotFound(Problem):
    """The board has no such period: nobody earned points in it, or it has not begun."""

    slug, status, title = "period-not-found", 404, "The board has no such period"


class BoardPending(Problem):
    """The board is being built; there is no right answer yet, so none is given."""

    slug, status, title = "board-pending", 503, "The board is being built"


class NotOnBoard(Problem):
    """The ambassador has no row on this board in this period."""

    slug, status, title = "not-on-board", 404, "This ambassador is not on the board"


class TooManyStreams(Problem):
    """This person follows as many boards live as one may at once."""

    slug, status, title = "too-many-streams", 429, "Too many boards are followed at once"


class LiveFull(Problem):
    """This process has no place for another listener."""

    slug, status, title = "live-full", 503, "Boards cannot be followed live now"


class BoardsUnavailable(Problem):
    """The store of the boards does not answer."""

    slug, status, title = "boards-unavailable", 503, "Boards cannot be read now"
