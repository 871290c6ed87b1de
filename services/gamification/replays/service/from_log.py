"""Filling an empty database from the log, and the digest that proves two databases equal."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from libs.bus.connection import Connection
from libs.bus.consumer import Consumer
from libs.bus.delivery import Apply
from libs.bus.metrics import BusMetrics
from libs.bus.streams import ensure_consumer, waiting
from libs.cancellation import ended
from libs.events.topology import Subscription
from libs.process.parts import subscription
from libs.storage.database import Database, Transaction
from services.gamification.replays import store
from services.gamification.replays.domain import Proof
from services.gamification.replays.errors import LedgerNotEmpty

QUIET_SECONDS = 0.1


class LogReplay:
    """Applies the whole log to an empty database, under consumers of its own that are removed afterwards."""

    def __init__(self, db: Database, connection: Connection, metrics: BusMetrics, *, name: str) -> None:
        """Fill `db` from the streams of `connection`; `name` is new for each replay."""
        self._db = db
        self._connection = connection
        self._metrics = metrics
        self._name = name

    def subscription(self, name: str) -> Subscription:
        """Return the replay's own subscription to what the topology's of that name hears."""
        return replace(subscription(name), listener=self._name)

    async def begin(self, tx: Transaction) -> None:
        """Check that there is nothing yet. Raises LedgerNotEmpty."""
        if not await store.is_empty(tx):
            raise LedgerNotEmpty("give a database that has only been migrated")

    async def hear(self, heard: Mapping[Subscription, Apply]) -> None:
        """Apply all that was ever told to these subscriptions; raises what a worker raises."""
        for one in heard:
            await ensure_consumer(self._connection, one)
        workers = [
            asyncio.create_task(Consumer(self._connection, one, apply, self._metrics).run())
            for one, apply in heard.items()
        ]
        caught_up = asyncio.create_task(self._caught_up(list(heard)))
        try:
            done, _ = await asyncio.wait([caught_up, *workers], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            await ended([caught_up, *workers])
            for one in heard:
                await self._connection.api(f"CONSUMER.DELETE.{one.producer.upper()}.{one.name}")

    async def _caught_up(self, subscriptions: Sequence[Subscription]) -> None:
        while True:
            if not sum([await waiting(self._connection, one) for one in subscriptions]):
                return
            await asyncio.sleep(QUIET_SECONDS)

    async def end(self, tx: Transaction) -> Proof:
        """Forget what would have been told, and return what the balances come to."""
        await store.forget_messages(tx)
        return await proof(tx)


async def proof(tx: Transaction) -> Proof:
    """Return what a database holds of people's points: balances, holds, redemptions and choices of appearance.

    Equal proofs, equal points to the last thousandth, spendable ones among them, and the same people on boards.
    """
    digest, counts = hashlib.sha256(), dict.fromkeys(store.PROVEN, 0)
    for what in store.PROVEN:
        async for line in store.proven(tx, what):
            digest.update(f"{what} {line}\n".encode())
            counts[what] += 1
    return Proof(
        balances=counts["balance"],
        milli_points=await store.lifetime_total(tx),
        held_shares=counts["held_share"],
        redemptions=counts["redemption"],
        choices=counts["board_visibility"],
        digest=digest.hexdigest(),
    )
