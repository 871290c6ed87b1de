"""How much is under way at this process's doors and waits behind them: beyond a bound nobody queues.

Memory is bounded by it: a body that is under way costs some ten times its bytes while it is judged, so the default of
2 MiB means about 20 MiB at most. So is the time that an accepted request waits for others: a process judges some ten
megabytes a second. A larger bound takes no more in, it only makes those wait who are let in (`make bench-ingest`).
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from libs.bus.connection import Connection
from libs.bus.errors import BusUnavailable, PublishRefused
from libs.bus.streams import waiting
from libs.events.intake import Door
from libs.events.topology import Subscription
from services.engagement.intake.errors import BacklogTooDeep, DoorFull
from services.engagement.intake.metrics import DoorMetrics

LOOK_SECONDS = 0.5
BACKLOG_RETRY_SECONDS = 5


class Pressure:
    """Lets a request in, or turns it away at once."""

    def __init__(self, connection: Connection, metrics: DoorMetrics, *, requests: int, size: int, backlog: int) -> None:
        """Bound what is under way to so many requests and bytes, and what waits to be applied to so many messages."""
        self._connection = connection
        self._metrics = metrics
        self._most_requests = requests
        self._most_bytes = size
        self._most_waiting = backlog
        self._requests = 0
        self._bytes = 0
        self._waiting = 0

    @contextmanager
    def admitted(self, door: Door, size: int) -> Iterator[None]:
        """Count a request of `size` bytes for as long as the block runs.

        Raises BusUnavailable, BacklogTooDeep, DoorFull: at once, before anything of the body is read.
        """
        self._check(door, size)
        self._requests += 1
        self._bytes += size
        self._metrics.under_way(self._requests, self._bytes)
        try:
            yield
        finally:
            self._requests -= 1
            self._bytes -= size
            self._metrics.under_way(self._requests, self._bytes)

    def _check(self, door: Door, size: int) -> None:
        if not self._connection.connected:
            self._metrics.turned_away(door, "broker")
            raise BusUnavailable("nothing of this was kept; send it again", retry_after=1)
        if self._waiting > self._most_waiting:
            self._metrics.turned_away(door, "backlog")
            raise BacklogTooDeep("nothing of this was kept; send it again later", retry_after=BACKLOG_RETRY_SECONDS)
        # one request alone may be larger than all of the bound
        if self._requests >= self._most_requests or (self._requests and self._bytes + size > self._most_bytes):
            self._metrics.turned_away(door, "full")
            raise DoorFull("nothing of this was kept; send it again in a moment", retry_after=1)

    async def watch(self, subscription: Subscription) -> None:
        """Look twice a second how many accepted messages wait to be applied, for ever."""
        while True:
            try:
                self._waiting = await waiting(self._connection, subscription)
                self._metrics.waiting(self._waiting)
            except (BusUnavailable, PublishRefused):
                self._waiting = 0  # no consumer yet, or no broker, which is said by itself
            await asyncio.sleep(LOOK_SECONDS)
