"""Until when somebody waits for the work that is under way."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from libs.problems import Problem


class DeadlinePassed(Problem):
    """Nobody waits for the answer any more; nothing was done."""

    slug, status, title = "deadline-passed", 504, "Nobody waits for this any more"


class Deadline:
    """A moment that is not set yet, or that has come or not."""

    def __init__(self) -> None:
        self._at: float | None = None

    def within(self, seconds: float) -> None:
        """Set the moment, so many seconds from now."""
        self._at = time.monotonic() + seconds

    def check(self) -> None:
        """Raise DeadlinePassed when the moment has come."""
        if self._at is not None and time.monotonic() > self._at:
            raise DeadlinePassed("nothing was done; try again")


_current: ContextVar[Deadline | None] = ContextVar("timbre_deadline", default=None)


def current() -> Deadline | None:
    """Return the deadline of the running task; none where nobody waits (consumers, timers)."""
    return _current.get()


@contextmanager
def bound(deadline: Deadline) -> Iterator[None]:
    """Make `deadline` the one of all that runs inside."""
    token = _current.set(deadline)
    try:
        yield
    finally:
        _current.reset(token)
