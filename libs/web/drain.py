"""The end of a process, announced: what must know of it before connections are closed."""

import asyncio
from collections.abc import Callable


class Drain:
    """Begins once, when the process is told to end.

    From then on the process is not ready, and each answer is the last of its connection. Long streams end by `begun`,
    an event to wait for, or by what they hand to `on_begin`.
    """

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self._told: list[Callable[[], None]] = []

    def on_begin(self, tell: Callable[[], None]) -> None:
        """Call `tell` when it begins, at once when it has."""
        if self.begun.is_set():
            tell()
        else:
            self._told.append(tell)

    def begin(self) -> None:
        """Tell all that wait."""
        if not self.begun.is_set():
            self.begun.set()
            for tell in self._told:
                tell()
