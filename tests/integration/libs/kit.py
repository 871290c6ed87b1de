"""The bus without a service: numbered events, a table of those that were applied, and the broker seen from outside."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID

from nats.aio.msg import Msg
from nats.errors import TimeoutError as NatsTimeout
from sqlalchemy import text

from libs.bus.connection import Connection, open_connection
from libs.bus.consumer import Consumer
from libs.bus.delivery import Delivery, InTransaction
from libs.bus.errors import PublishRefused
from libs.bus.metrics import BusMetrics
from libs.bus.publish import Publisher
from libs.bus.relay import Relay
from libs.bus.streams import ensure_streams
from libs.clock import SystemClock, new_id
from libs.events.envelope import Envelope, partition_of, seal, subject_of
from libs.events.sharing import TeamCreated
from libs.events.topology import STREAMS, Subscription
from libs.storage.database import Database, Transaction, open_database
from libs.telemetry.metrics import Telemetry

CLOCK = SystemClock()
GROUPS = count(1)
Handler = Callable[[Transaction, TeamCreated], Awaitable[None]]


def numbered(number: int) -> TeamCreated:
    """An event that says which one it is."""
    return TeamCreated(team_id=UUID(int=number), programme_id=UUID(int=0), name=str(number))


def sealed(number: int, *, key: str = "k") -> Envelope:
    """The same in an envelope of its own."""
    return seal(
        numbered(number), id=str(new_id()), source="kit", key=key, time=datetime.now(UTC), correlation_id="request-kit"
    )


async def applied(tx: Transaction, event: TeamCreated) -> None:
    """The handler that succeeds: leaves one row for each time that it ran."""
    await tx.run(text("INSERT INTO effect (number) VALUES (:number)"), {"number": int(event.name)})


@dataclass(frozen=True, kw_only=True)
class Kit:
    """One service's half of the bus, with an empty database and empty streams."""

    db: Database
    connection: Connection
    url: str
    telemetry: Telemetry
    metrics: BusMetrics
    group: Subscription

    def relay(self, connection: Connection | None = None) -> Relay:
        return Relay(self.db, Publisher(connection or self.connection), self.metrics, clock=CLOCK)

    async def emit(self, *numbers: int, key: str = "k") -> None:
        """Commit one transaction that tells these events."""
        async with self.db.transaction() as tx:
            for number in numbers:
                tx.emit(numbered(number), key=key)

    async def publish(self, envelope: Envelope) -> None:
        """Store a message without an id for the broker, so that it takes it again."""
        subject = subject_of(envelope.type, partition_of(envelope.partitionkey))
        await self.connection.request(subject, envelope.to_bytes())

    async def publish_all(self, numbers: Sequence[int]) -> None:
        for envelope in map(sealed, numbers):
            await self.publish(envelope)

    async def effects(self) -> list[int]:
        """The numbers that were applied, in that order, each as often as it was."""
        return await self._column("SELECT number FROM effect ORDER BY position")

    async def outbox(self) -> list[int]:
        return await self._column("SELECT sequence FROM outbox ORDER BY sequence")

    async def _column(self, query: str) -> list[int]:
        async with self.db.transaction() as tx:
            return list((await tx.run(text(query))).scalars())

    async def stored(self, stream: str = "SHARING") -> list[Msg]:
        """Every message of a stream, oldest first."""
        state = (await self.connection.api(f"STREAM.INFO.{stream}"))["state"]
        if not state["messages"]:
            return []
        listener = await self.connection.client.jetstream().subscribe(">", stream=stream, ordered_consumer=True)
        found = [await listener.next_msg(timeout=5) for _ in range(state["messages"])]
        await listener.unsubscribe()
        return found

    async def numbers(self) -> list[int]:
        """The numbers of the stored events, oldest first."""
        return [int(json.loads(message.data)["data"]["name"]) for message in await self.stored()]

    async def in_group(self) -> dict[str, Any]:
        """What the broker knows of the consumer group."""
        return await self.connection.api(f"CONSUMER.INFO.SHARING.{self.group.name}")

    async def acknowledged(self) -> bool:
        """Whether the group has answered for every message that the stream holds.

        By the floor, since the broker may count a message as neither waiting nor delivered for an instant.
        """
        last = (await self.connection.api("STREAM.INFO.SHARING"))["state"]["last_seq"]
        info = await self.in_group()
        return bool(info["ack_floor"]["stream_seq"] >= last and not info["num_pending"] + info["num_ack_pending"])

    def outcomes(self) -> Counter[str]:
        """How many messages met which fate."""
        found: Counter[str] = Counter()
        for metric in self.telemetry.registry.collect():
            for sample in metric.samples:
                if sample.name == "bus_messages_total":
                    found[sample.labels["outcome"]] += int(sample.value)
        return found

    @asynccontextmanager
    async def consuming(
        self, handler: Handler = applied, *, batch: int = 256, most_bytes: int | None = None
    ) -> AsyncIterator["Batches"]:
        """A worker of the group with a connection of its own."""
        async with open_connection(self.url, name="kit") as connection:
            apply = InTransaction(self.db, self.group.name, {TeamCreated: handler}, clock=CLOCK)
            batches = Batches(apply)
            consumer = Consumer(connection, self.group, batches, self.metrics, batch=batch, most_bytes=most_bytes)
            async with beside(consumer.run()):
                yield batches


class Batches:
    """Hands batches on and keeps how large they were."""

    def __init__(self, apply: InTransaction) -> None:
        self._apply = apply
        self.sizes: list[int] = []

    async def __call__(self, deliveries: Sequence[Delivery]) -> set[str]:
        self.sizes.append(len(deliveries))
        return await self._apply(deliveries)


@asynccontextmanager
async def beside(work: Any) -> AsyncIterator[None]:
    """Run a coroutine during the block; what it died of fails the test."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def open_kit(database: str, url: str) -> AsyncIterator[Kit]:
    """A kit on a migrated database and a broker whose streams it empties."""
    async with AsyncExitStack() as stack:
        db = await stack.enter_async_context(open_database(database, service="kit", clock=CLOCK, pool_size=8))
        connection = await stack.enter_async_context(open_connection(url, name="kit"))
        await ensure_streams(connection)
        for name in (*(stream.name for stream in STREAMS), "KV_profiles"):
            await connection.api(f"STREAM.PURGE.{name}")
        telemetry = Telemetry("kit")
        group = Subscription(f"kit{next(GROUPS)}", "sharing", (TeamCreated,))
        kit = Kit(
            db=db, connection=connection, url=url, telemetry=telemetry, metrics=BusMetrics(telemetry), group=group
        )
        yield kit
        with suppress(PublishRefused, NatsTimeout):  # it need not have listened
            await connection.request(f"$JS.API.CONSUMER.DELETE.SHARING.{group.name}", b"")
