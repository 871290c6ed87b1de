"""The parts that a service's handlers work with, opened in order and closed in reverse."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from libs.auth.person_keys import PersonKeys
from libs.auth.tokens import Verifier
from libs.bus.connection import Connection, open_connection
from libs.bus.consumer import BATCH, Consumer
from libs.bus.consumers import Consumers
from libs.bus.delivery import Apply, Handler, InTransaction, Settle
from libs.bus.metrics import BusMetrics
from libs.bus.publish import Publisher
from libs.bus.relay import Relay
from libs.bus.streams import ensure_streams
from libs.clock import Clock
from libs.events.envelope import Event
from libs.events.topology import SUBSCRIPTIONS, Subscription
from libs.process.identity import open_verifier
from libs.process.settings import ServiceSettings
from libs.storage.database import Database, open_database
from libs.telemetry.metrics import Telemetry


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What `app.state.parts` holds while a service runs."""

    db: Database
    connection: Connection
    publisher: Publisher
    bus_metrics: BusMetrics
    verifier: Verifier
    person_keys: PersonKeys
    clock: Clock

    def relay(self) -> Relay:
        """Return the relay of this service's outbox."""
        return Relay(self.db, self.publisher, self.bus_metrics, clock=self.clock)

    def consumer(
        self,
        name: str,
        apply: Apply,
        *,
        batch: int = BATCH,
        most_bytes: int | None = None,
        partitions: int | None = None,
    ) -> Consumer | Consumers:
        """Return the worker of a subscription that the topology names, or one worker for each of its `partitions`."""
        heard = subscription(name)
        if partitions is None:
            return Consumer(self.connection, heard, apply, self.bus_metrics, batch=batch, most_bytes=most_bytes)
        return Consumers(
            self.connection,
            heard,
            apply,
            self.bus_metrics,
            partitions=partitions,
            batch=batch,
            most_bytes=most_bytes,
        )

    def in_transaction(
        self,
        name: str,
        handlers: dict[type[Event], Handler],
        *,
        settle: Settle | None = None,
        most_bytes: int | None = None,
        partitions: int | None = None,
    ) -> Consumer | Consumers:
        """Return what applies each batch in one transaction; ValueError unless it handles all it hears."""
        declared = set(subscription(name).events)
        if declared != set(handlers):
            raise ValueError(f"{name} hears {declared}, and has handlers for {set(handlers)}")
        apply = InTransaction(self.db, name, handlers, clock=self.clock, settle=settle)
        return self.consumer(name, apply, most_bytes=most_bytes, partitions=partitions)


def subscription(name: str) -> Subscription:
    """Return the subscription of that name. Raises LookupError."""
    for known in SUBSCRIPTIONS:
        if known.name == name:
            return known
    raise LookupError(f"the topology has no subscription {name}")


@asynccontextmanager
async def open_parts(
    settings: ServiceSettings, *, service: str, telemetry: Telemetry, clock: Clock
) -> AsyncIterator[Parts]:
    """Connect to the servers that `settings` name; raises what they raise, so that no process starts half."""
    async with AsyncExitStack() as stack:
        db = await stack.enter_async_context(
            open_database(
                settings.database_url.get_secret_value(), service=service, clock=clock, pool_size=settings.pool_size
            )
        )
        await db.ping()
        connection = await stack.enter_async_context(
            open_connection(settings.nats_url.get_secret_value(), name=service)
        )
        await ensure_streams(connection, replicas=settings.stream_replicas)
        verifier = await stack.enter_async_context(open_verifier(settings, connection, telemetry, clock=clock))
        yield Parts(
            db=db,
            connection=connection,
            publisher=Publisher(connection),
            bus_metrics=BusMetrics(telemetry),
            verifier=verifier,
            person_keys=PersonKeys(settings.person_key.get_secret_value()),
            clock=clock,
        )


async def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


App = Annotated[Parts, Depends(_parts)]
