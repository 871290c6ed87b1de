"""The pull loop: one inbox, long requests with a heartbeat, the next one sent before the last is used up.

nats-py's own `fetch` lets an orphaned request take the next message and then waits out its time-out (its issue 986).
"""

import asyncio
import json
import sys
from collections import deque
from collections.abc import Sequence

from nats.aio.msg import Msg

from libs.bus.connection import Connection
from libs.bus.streams import NANOSECONDS
from libs.telemetry.logs import logger

log = logger(__name__)

EXPIRES_SECONDS = 20
HEARTBEAT_SECONDS = 5
WAIT_SECONDS = 0.5
SILENCE_SECONDS = 3 * HEARTBEAT_SECONDS
LARGEST_BYTES = 1024 * 1024  # of a message that we publish; one that is larger than a request may have never comes
REFUSALS = {"409", "503"}  # the consumer was deleted, or nobody answers for it


class Puller:
    """Messages of one durable consumer, in batches."""

    def __init__(
        self, connection: Connection, stream: str, consumer: str, *, batch: int, most_bytes: int | None = None
    ) -> None:
        """Pull at most `batch` messages ahead; hand out no more than `most_bytes` at once, but always one message.

        With `most_bytes` no more than three times as much is held, and a megabyte.
        """
        self._connection = connection
        self._subject = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer}"
        self._batch = batch
        self._most_bytes = most_bytes or sys.maxsize
        self._bytes = 0  # of what has arrived and was not handed out
        self._due = 0  # messages asked for and not yet seen
        self._generation = connection.generation
        self._silence = 0.0
        self.refused = False  # whether the server may not know the consumer any more
        self._arrived: deque[Msg] = deque()
        self._signal = asyncio.Event()

    async def open(self) -> None:
        """Listen on an inbox of its own."""
        self._inbox = self._connection.client.new_inbox()
        self._subscription = await self._connection.client.subscribe(self._inbox, cb=self._take)

    async def close(self, in_hand: Sequence[Msg] = ()) -> None:
        """Stop listening, and give back what was not handled: else the next worker would wait for it."""
        if self._connection.connected:
            await self._subscription.unsubscribe()
            for message in (*in_hand, *self._arrived):
                await self._connection.client.publish(message.reply, b"-NAK")

    async def next_batch(self) -> list[Msg]:
        """Return what has arrived, at most a batch; empty when nothing came within half a second."""
        await self._ask()
        if not self._arrived:
            self._signal.clear()
            try:
                await asyncio.wait_for(self._signal.wait(), WAIT_SECONDS)
            except TimeoutError:
                self._silence += WAIT_SECONDS
        return self._next()

    def _next(self) -> list[Msg]:
        found: list[Msg] = []
        size = 0
        while self._arrived and len(found) < self._batch:
            size += len(self._arrived[0].data)
            if found and size > self._most_bytes:
                break
            found.append(self._arrived.popleft())
            self._bytes -= len(found[-1].data)
        return found

    async def _take(self, message: Msg) -> None:
        """Sort what the server sends: messages, and status lines that say what became of a request."""
        self._silence = 0.0
        headers = message.headers or {}
        status = headers.get("Status")
        if status is None:
            self._due = max(self._due - 1, 0)
            self._arrived.append(message)
            self._bytes += len(message.data)
            self._signal.set()
        elif status != "100":  # 100 is the heartbeat; the others end a request
            enough = "MaxBytes" in headers.get("Description", "")  # NATS ADR-13: all that it may have has come
            self.refused = self.refused or (status in REFUSALS and not enough)
            left = headers.get("Nats-Pending-Messages")
            self._due = max(self._due - int(left), 0) if left else 0

    async def _ask(self) -> None:
        """Send the next request when less than half of the last is left, or when the last is lost."""
        if self._generation != self._connection.generation or self._silence >= SILENCE_SECONDS:
            log.info("pull_renewed", subject=self._subject)
            self._generation, self._due, self._silence = self._connection.generation, 0, 0.0
        enough = self._due > self._batch // 2 or self._bytes > self._most_bytes
        if enough or not self._connection.connected:
            return
        count = self._batch - self._due
        request: dict[str, int] = {
            "batch": count,
            "expires": EXPIRES_SECONDS * NANOSECONDS,
            "idle_heartbeat": HEARTBEAT_SECONDS * NANOSECONDS,
        }
        if self._most_bytes < sys.maxsize:
            request["max_bytes"] = self._most_bytes + LARGEST_BYTES
        await self._connection.client.publish(self._subject, json.dumps(request).encode(), reply=self._inbox)
        self._due += count
