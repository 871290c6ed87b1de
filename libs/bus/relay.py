"""The relay: takes what waits in the outbox to the broker, in order, and forgets it once it is on disk there."""

import asyncio
import time
from datetime import datetime

from sqlalchemy import text

from libs.bus.errors import BusUnavailable, PublishRefused
from libs.bus.metrics import BusMetrics
from libs.bus.publish import BATCH_LIMIT, Publisher, in_batches
from libs.clock import Clock
from libs.storage.database import Database
from libs.storage.outage import is_outage
from libs.storage.outbox import backlog, delete_messages, oldest_messages
from libs.telemetry.logs import logger

log = logger(__name__)

OBSERVE_SECONDS = 1.0  # counting what waits reads all of it
POLL_SECONDS = 0.1  # what other processes of the service have written; this process's own commits wake the relay
LOCK = 7_201_552  # one relay at a time in a database: two would publish in two orders


class Relay:
    """One service's relay. Safe to run in every process of the service: only one works at a time."""

    def __init__(self, db: Database, publisher: Publisher, metrics: BusMetrics, *, clock: Clock) -> None:
        """Take from `db`, hand to `publisher`."""
        self._db = db
        self._publisher = publisher
        self._metrics = metrics
        self._clock = clock
        self._observed = -OBSERVE_SECONDS

    async def run(self) -> None:
        """Work until cancelled; a broker or a database that is away is waited for."""
        pause = POLL_SECONDS
        while True:
            try:
                moved = await self.step()
                pause = POLL_SECONDS
            except Exception as error:
                if not (isinstance(error, BusUnavailable | PublishRefused) or is_outage(error)):
                    raise
                moved = 0
                pause = min(pause * 2, 5.0)
                log.warning("relay_delayed", error=repr(error), seconds=pause)
            if moved < BATCH_LIMIT:
                await self._rest(pause)

    async def step(self) -> int:
        """Move up to 500 messages; returns how many. The rows go with the commit, so a crash repeats, never loses."""
        if not await self._db.has_messages():  # as nearly always: no transaction for that
            self._observe(0, None)
            return 0
        async with self._db.transaction() as tx:
            held = await tx.run(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": LOCK})
            if not held.scalar_one():
                return 0
            messages = await oldest_messages(tx.session, BATCH_LIMIT)
            for run in in_batches(messages):
                await self._publisher.publish_batch(run)
            await delete_messages(tx.session, [message.sequence for message in messages])
            if len(messages) < BATCH_LIMIT:
                self._observe(0, None)  # these were all
            elif time.monotonic() >= self._observed + OBSERVE_SECONDS:
                self._observe(*await backlog(tx.session))
        return len(messages)

    def _observe(self, pending: int, oldest: datetime | None) -> None:
        self._observed = time.monotonic()
        age = (self._clock.now() - oldest).total_seconds() if oldest else 0.0
        self._metrics.outbox(pending, age)

    async def _rest(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._db.written.wait(), timeout=seconds)
        except TimeoutError:
            return
        finally:
            self._db.written.clear()
