"""GCRA in the memory of one process: for classes that each process counts, and for all of them without Valkey."""

import time
from collections.abc import Callable

from gateway.limits.allowance import Allowance, Policy

MOST_KEYS = 100_000
ROUNDING = 1e-6  # of a second, of floats that are added up


class Apart:
    """Keeps one moment for each key: when all that it has used will have been earned back.

    A moment lies at most a window ahead, so that a key which was not seen for a window needs no memory: what was
    written in the window before last is dropped whole. Beyond `MOST_KEYS` this happens early, and forgets too much.
    """

    def __init__(self, policy: Policy, *, now: Callable[[], float] = time.monotonic) -> None:
        self._interval, self._window = policy.interval, policy.limit.window
        self._now = now
        self._recent: dict[str, float] = {}
        self._older: dict[str, float] = {}
        self._turns_at = now() + self._window

    def take(self, key: str) -> Allowance:
        """Let one call in if there is allowance for it."""
        now = self._now()
        if now >= self._turns_at or len(self._recent) >= MOST_KEYS:
            self._older, self._recent = self._recent, {}
            self._turns_at = now + self._window
        until = self._recent.get(key) or self._older.get(key) or now
        until = max(until, now) + self._interval
        wait = until - now - self._window
        if wait > ROUNDING:
            return Allowance(wait, until - self._interval - now)
        self._recent[key] = until
        return Allowance(0.0, until - now)

    def __len__(self) -> int:
        return len(self._recent) + len(self._older)
