"""The worker of one durable consumer: batches in, one transaction each, and a fixed fate for every message.

A batch is applied whole; when that fails it is halved until the message that cannot be handled stands alone:
a `Problem` or an unreadable payload is parked at once, any other failure is tried again with growing delay and then
parked. When database or broker are away nothing is parked: the batch waits, for as long as it takes.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from typing import Literal, Protocol

from nats.aio.msg import Msg

from libs.bus.connection import UNAVAILABLE, Connection
from libs.bus.dead_letters import park
from libs.bus.delivery import Apply, Delivery, UnreadableMessage, open_message
from libs.bus.errors import BusUnavailable, PublishRefused
from libs.bus.metrics import BusMetrics
from libs.bus.pull import Puller
from libs.bus.streams import ensure_consumer, stream_name
from libs.events.topology import Subscription
from libs.problems import Problem
from libs.storage.outage import is_outage
from libs.telemetry.logs import logger

log = logger(__name__)

BATCH = 256
TRIES = 6
OPENED_AT_ONCE = 100_000  # bytes
DELAYS = (0.5, 1, 2, 5, 10, 20)
Outcome = Literal["applied", "duplicate", "delayed", "dead"]


class Durable(Protocol):
    """The durable consumer on the broker that a worker pulls from."""

    name: str

    async def make(self) -> bool:
        """Make it, also when it was deleted; False when it is not wanted any more. Raises what the broker says."""
        ...

    @property
    def wanted(self) -> bool:
        """Whether it is still worked on, as far as is known here."""
        ...


class Whole:
    """The one durable consumer of a subscription that is not split."""

    wanted = True

    def __init__(self, connection: Connection, subscription: Subscription) -> None:
        """Take all messages of `subscription`."""
        self.name = subscription.name
        self._connection = connection
        self._subscription = subscription

    async def make(self) -> bool:
        """Make it when it is missing."""
        await ensure_consumer(self._connection, self._subscription)
        return True


class Consumer:
    """A worker of a subscription; run as many as there is load for, in any number of processes."""

    def __init__(
        self,
        connection: Connection,
        subscription: Subscription,
        apply: Apply,
        metrics: BusMetrics,
        *,
        batch: int = BATCH,
        most_bytes: int | None = None,
        durable: Durable | None = None,
    ) -> None:
        """Feed what `subscription` names (or `durable`, its part of it) to `apply`.

        At most `batch` messages at once, and at most `most_bytes` where one message has less.
        """
        self._connection = connection
        self._subscription = subscription
        self._apply = apply
        self._metrics = metrics
        self._batch = batch
        self._most_bytes = most_bytes
        self._durable = durable or Whole(connection, subscription)

    async def run(self) -> None:
        """Work until cancelled, or until the durable consumer is not wanted any more."""
        await self._durable.make()
        stream = stream_name(self._subscription)
        puller = Puller(self._connection, stream, self._durable.name, batch=self._batch, most_bytes=self._most_bytes)
        await puller.open()
        messages: list[Msg] = []
        try:
            while self._durable.wanted:
                if messages := await puller.next_batch():
                    await self._handle(messages)
                    messages = []
                elif puller.refused:
                    puller.refused = not await self._restored()
        finally:
            await puller.close(messages)

    async def _restored(self) -> bool:
        """Make the consumer again when somebody deleted it; what comes twice by that is stopped by the inbox."""
        try:
            await self._durable.make()
        except (BusUnavailable, PublishRefused) as error:
            log.warning("consumer_not_restored", consumer=self._durable.name, error=repr(error))
            return False
        return True

    async def _handle(self, messages: Sequence[Msg]) -> None:
        started, opened = time.perf_counter(), 0
        deliveries = []
        for message in messages:
            try:
                deliveries.append(open_message(message))
            except UnreadableMessage as problem:
                await self._park(message, "unreadable", problem.detail)
            opened += len(message.data)
            if opened > OPENED_AT_ONCE:  # milliseconds: let requests be answered in between
                opened = 0
                await asyncio.sleep(0)
        if deliveries:
            await self._apply_or_halve(deliveries)
        self._metrics.took(self._subscription.name, time.perf_counter() - started)

    async def _apply_or_halve(self, deliveries: Sequence[Delivery]) -> None:
        try:
            new = await self._apply_when_possible(deliveries)
        except Exception as error:  # noqa: BLE001 - whatever a handler raises decides the message's fate, not ours
            if len(deliveries) == 1:
                await self._refuse(deliveries[0], error)
                return
            middle = len(deliveries) // 2
            await self._apply_or_halve(deliveries[:middle])
            await self._apply_or_halve(deliveries[middle:])
            return
        outcomes: Counter[tuple[str, Outcome]] = Counter()
        for delivery in deliveries:
            await self._acknowledge(delivery.message)
            outcomes[delivery.envelope.type, "applied" if delivery.envelope.id in new else "duplicate"] += 1
            new.discard(delivery.envelope.id)  # a second copy in the same batch had no effect either
        for (event_type, outcome), number in outcomes.items():
            self._metrics.handled(self._subscription.name, event_type, outcome, number)

    async def _apply_when_possible(self, deliveries: Sequence[Delivery]) -> set[str]:
        """Apply; while a server is away, wait and try again, telling the broker that we are at it."""
        for attempt in range(1_000_000):
            try:
                return await self._apply(deliveries)
            except Exception as error:
                if not (isinstance(error, BusUnavailable) or is_outage(error)):
                    raise
                delay = DELAYS[min(attempt, 3)]
                log.warning("consumer_waited", consumer=self._subscription.name, error=repr(error), seconds=delay)
            await asyncio.sleep(delay)
            for delivery in deliveries:
                await self._tell(delivery.message, b"+WPI")
        raise AssertionError("unreachable")

    async def _refuse(self, delivery: Delivery, error: Exception) -> None:
        tries = delivery.message.metadata.num_delivered or 1
        event_type = delivery.envelope.type
        if isinstance(error, Problem) or tries >= TRIES:
            await self._park(delivery.message, event_type, f"{type(error).__name__}: {error}")
            return
        delay = DELAYS[min(tries, len(DELAYS)) - 1]
        log.warning(
            "message_delayed",
            consumer=self._subscription.name,
            type=event_type,
            id=delivery.envelope.id,
            tries=tries,
            exc_info=error,
        )
        await self._tell(delivery.message, b'-NAK {"delay": %d}' % int(delay * 1e9))
        self._metrics.handled(self._subscription.name, event_type, "delayed")

    async def _park(self, message: Msg, event_type: str, reason: str) -> None:
        try:
            await park(self._connection, message, consumer=self._subscription.name, reason=reason)
        except BusUnavailable:
            return  # not acknowledged, so it comes again
        await self._acknowledge(message)
        self._metrics.handled(self._subscription.name, event_type, "dead")
        log.error("message_parked", consumer=self._subscription.name, subject=message.subject, reason=reason)

    async def _acknowledge(self, message: Msg) -> None:
        await self._tell(message, b"+ACK")

    async def _tell(self, message: Msg, answer: bytes) -> None:
        """Answer the broker; a lost answer only means one more delivery, which the inbox stops."""
        try:
            await self._connection.client.publish(message.reply, answer)
        except UNAVAILABLE as error:
            log.warning("acknowledgement_lost", consumer=self._subscription.name, error=repr(error))
