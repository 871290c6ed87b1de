"""How much is under way at this process's doors and waits behind them: beyond a bound nobody queues.

Two bounds, for two things. `size` bounds memory: bodies that are held, from the first byte to the answer, however
slowly they come. `queue` bounds waiting: bodies that are complete and not answered yet. Work on them is done one at a
time, in the order in which they were complete, and a process does some ten megabytes a second; so who is let in waits
for `queue` bytes at most, and only one body at a time is held in its judged form, which is some twenty times as large.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from libs.bus.connection import Connection
from libs.bus.errors import BusUnavailable, PublishRefused
from libs.bus.streams import waiting
from libs.events.intake import Door, TakingBack
from libs.events.topology import Subscription
from services.engagement.intake.errors import BacklogTooDeep, DoorFull
from services.engagement.intake.metrics import DoorMetrics

LOOK_SECONDS = 0.5
BACKLOG_RETRY_SECONDS = 5


class Pressure:
    """Lets a request in, or turns it away at once. `turn` is held while a body is worked on."""

    def __init__(
        self, connection: Connection, metrics: DoorMetrics, *, requests: int, size: int, queue: int, backlog: int
    ) -> None:
        """Bound requests and bytes that are held, bytes that wait for an answer, and messages that wait behind it."""
        self.turn = asyncio.Lock()
        self._connection = connection
        self._metrics = metrics
        self._most_requests = requests
        self._most_bytes = size
        self._most_queued = queue
        self._most_waiting = backlog
        self._requests = 0
        self._bytes = 0
        self._queued = 0
        self._waiting = 0

    @contextmanager
    def admitted(self, door: Door | TakingBack, size: int) -> Iterator[None]:
        """Count a request of `size` bytes for as long as the block runs.

        Raises BusUnavailable, BacklogTooDeep, DoorFull: at once, before anything of the body is read.
        """
        self.check(door, size)
        self._requests += 1
        self._bytes += size
        self._metrics.under_way(self._requests, self._bytes)
        try:
            yield
        finally:
            self._requests -= 1
            self._bytes -= size
            self._metrics.under_way(self._requests, self._bytes)

    @contextmanager
    def queued(self, door: Door | TakingBack, size: int) -> Iterator[None]:
        """Count a body that is complete as waiting for its answer. Raises DoorFull where many came at once."""
        self._check_queue(door, size)
        self._queued += size
        try:
            yield
        finally:
            self._queued -= size

    def check(self, door: Door | TakingBack, size: int) -> None:
        """Say whether a request would be let in now. Raises what `admitted` raises."""
        if not self._connection.connected:
            self._metrics.turned_away(door, "broker")
            raise BusUnavailable("nothing of this was kept; send it again", retry_after=1)
        if self._waiting > self._most_waiting:
            self._metrics.turned_away(door, "backlog")
            raise BacklogTooDeep("nothing of this was kept; send it again later", retry_after=BACKLOG_RETRY_SECONDS)
        # one request alone may be larger than all of a bound
        if self._requests >= self._most_requests or (self._requests and self._bytes + size > self._most_bytes):
            raise self._full(door)
        self._check_queue(door, size)

    def _check_queue(self, door: Door | TakingBack, size: int) -> None:
        if self._queued and self._queued + size > self._most_queued:
            raise self._full(door)

    def _full(self, door: Door | TakingBack) -> DoorFull:
        self._metrics.turned_away(door, "full")
        return DoorFull("nothing of this was kept; send it again in a moment", retry_after=1)

    async def watch(self, subscription: Subscription) -> None:
        """Look twice a second how many accepted messages wait to be applied, for ever."""
        while True:
            try:
                self._waiting = await waiting(self._connection, subscription)
                self._metrics.waiting(self._waiting)
            except (BusUnavailable, PublishRefused):
                self._waiting = 0  # no consumer yet, or no broker, which is said by itself
            await asyncio.sleep(LOOK_SECONDS)
