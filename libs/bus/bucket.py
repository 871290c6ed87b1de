"""Reading a JetStream key-value bucket as a dictionary that follows its changes."""

import asyncio
import time
from collections.abc import Callable

import nats.errors
from nats.js.errors import Error as JetStreamError

from libs.bus.connection import UNAVAILABLE, Connection
from libs.telemetry.logs import logger

log = logger(__name__)

WAIT_SECONDS = 0.5


class Bucket:
    """The current values of a bucket, in memory. `loaded` is set once all that was there has been read."""

    def __init__(self, connection: Connection, name: str, *, changed: Callable[[str], None] | None = None) -> None:
        """Follow bucket `name`; call `changed` with each key that was set or deleted."""
        self._connection = connection
        self._name = name
        self._changed = changed
        self.values: dict[str, bytes] = {}
        self.revision = 0  # of the last change read (NATS ADR-8): the bucket's own, so the same for every reader
        self.loaded = asyncio.Event()
        self._followed_at = float("-inf")

    def followed_within(self, seconds: float) -> bool:
        """Whether changes could be heard at some moment of the last so many seconds."""
        return time.monotonic() - self._followed_at < seconds

    async def run(self) -> None:
        """Follow until cancelled, starting again from the bucket's state after any fault."""
        while True:
            try:
                await self._follow()
            except (*UNAVAILABLE, JetStreamError) as error:
                log.warning("bucket_lost", bucket=self._name, error=repr(error))
                await asyncio.sleep(1)

    async def _follow(self) -> None:
        generation = self._connection.generation  # a watcher of an earlier link is noticed dead only after 20 s
        bucket = await self._connection.client.jetstream().key_value(self._name)
        watcher = await bucket.watchall()
        try:
            while generation == self._connection.generation:
                if self._connection.connected:
                    self._followed_at = time.monotonic()
                try:
                    entry = await watcher.updates(timeout=WAIT_SECONDS)  # type: ignore[no-untyped-call] # nats-py leaves it untyped
                except nats.errors.TimeoutError:
                    continue
                if entry is None:  # the end of what was there when we began
                    self.loaded.set()
                    continue
                self.revision = entry.revision
                self._apply(entry.key, entry.value if entry.operation not in {"DEL", "PURGE"} else None)
        finally:
            await watcher.stop()  # type: ignore[no-untyped-call] # nats-py leaves it untyped

    def _apply(self, key: str, value: bytes | None) -> None:
        if value is None:
            self.values.pop(key, None)
        else:
            self.values[key] = value
        if self._changed:
            self._changed(key)
