"""One value from Valkey that many readers share: read anew by one of them at a time, and no more often than it must."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from gateway.errors import BoardPending, BoardsUnavailable

ValueT = TypeVar("ValueT")
AWAY = (BoardsUnavailable, BoardPending)  # while it is so, what was read before may be shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """For how many seconds a value is taken as it is.

    `window`: without a look; twice as long while one is under way, that a reader began who does not wait for it either.
    `waiting`: while a look is under way that a reader waits for. `outage`: while Valkey is away.
    """

    window: float
    waiting: float = 1.0
    outage: float


class Held(Generic[ValueT]):
    """The value and when it was asked for; `read` is given the value before and returns the one of now."""

    __slots__ = ("_failure", "_flight", "_looked_at", "_patience", "_read", "read_at", "value")

    def __init__(self, read: Callable[[ValueT | None], Awaitable[ValueT]], patience: Patience) -> None:
        """Begin without a value."""
        self.value: ValueT | None = None
        self.read_at = float("-inf")
        self._looked_at = float("-inf")
        self._read = read
        self._patience = patience
        self._failure: Exception | None = None
        self._flight: asyncio.Task[None] | None = None

    def at_hand(self) -> ValueT | None:
        """Return the value when this reader need not wait for a look; where one is due, it begins."""
        age = self.age()
        if age <= self._patience.window:
            return self.value
        if age <= 2 * self._patience.window or (self._is_away() and age <= self._patience.outage):
            if time.monotonic() - self._looked_at >= self._patience.window:
                self._begin()
            return self.value
        return self.value if self._flight is not None and age <= self._patience.waiting else None

    def age(self) -> float:
        """Return how long ago the value was asked for, in seconds."""
        return time.monotonic() - self.read_at

    async def get(self, *, fresh: bool = False) -> ValueT:
        """Return the value, after a look where one is due; `fresh`: after one that begins now. Raises Problem."""
        if fresh and self._flight is not None:  # it may have looked before a write that this reader knows of
            await asyncio.wait({self._flight})
        elif not fresh and (value := self.at_hand()) is not None:
            return value
        flight = self._flight
        if flight is None or fresh or self.value is None or self._failure is None:
            await asyncio.wait({flight or self._begin()})
        return self._taken(fresh=fresh)

    def _begin(self) -> "asyncio.Task[None]":
        if self._flight is None:
            self._flight = asyncio.create_task(self._look())
        return self._flight

    def _is_away(self) -> bool:
        return isinstance(self._failure, AWAY)

    def _taken(self, *, fresh: bool) -> ValueT:
        bearable = self._failure is None or (self._is_away() and not fresh and self.age() <= self._patience.outage)
        if self.value is None or not bearable:
            raise self._failure or BoardsUnavailable("try again in a second", retry_after=1)
        return self.value

    async def _look(self) -> None:
        began = self._looked_at = time.monotonic()
        try:
            self.value = await self._read(self.value)
        except Exception as error:  # noqa: BLE001 - raised again by whoever waits
            self._failure = error
        else:
            self.read_at, self._failure = began, None
        finally:
            self._flight = None
