"""A message as a consumer sees it, and the two ways to apply a batch of them with an effect that happens once."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nats.aio.msg import Msg

from libs.clock import Clock
from libs.events.envelope import Envelope, Event
from libs.events.topology import EVENTS
from libs.problems import Problem
from libs.storage.database import Database, Transaction
from libs.storage.inbox import record_new
from libs.telemetry.context import Context, bound, new_traceparent


class UnreadableMessage(Problem):
    """The payload is no event of a type that is known here."""

    slug, status, title = "unreadable-message", 422, "Unreadable message"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivered message, opened."""

    message: Msg
    envelope: Envelope
    event: Event

    @property
    def context(self) -> Context:
        """The chain that this event continues."""
        return Context(
            correlation_id=self.envelope.correlationid,
            causation_id=self.envelope.id,
            traceparent=new_traceparent(self.envelope.traceparent),
        )


def open_message(message: Msg) -> Delivery:
    """Open an envelope. Raises UnreadableMessage, which names the first thing that is wrong."""
    try:
        envelope = Envelope.model_validate_json(message.data)
        kind = EVENTS[envelope.type]
        # from JSON text, so that strict types read a date or an id as JSON has them
        return Delivery(message, envelope, kind.model_validate_json(json.dumps(envelope.data)))
    except (ValueError, KeyError) as error:
        raise UnreadableMessage(f"{type(error).__name__}: {error}"[:500]) from error


Handler = Callable[[Transaction, Any], Awaitable[None]]
Apply = Callable[[Sequence[Delivery]], Awaitable[set[str]]]
Settle = Callable[[Transaction, Sequence[Event]], Awaitable[None]]


class InTransaction:
    """Applies a batch in one transaction that also holds its inbox rows: twice delivered, once applied.

    `settle` runs once after the handlers with the events that were new: the place for set-based work.
    """

    def __init__(
        self,
        db: Database,
        consumer: str,
        handlers: Mapping[type[Event], Handler],
        *,
        clock: Clock,
        settle: Settle | None = None,
    ) -> None:
        """Handle the events named in `handlers`; the consumer's topology must name the same ones."""
        self._db = db
        self._consumer = consumer
        self._handlers = handlers
        self._clock = clock
        self._settle = settle

    async def __call__(self, deliveries: Sequence[Delivery]) -> set[str]:
        """Apply what is new and return its ids; raises, with nothing applied, when any handler does."""
        by_id = {delivery.envelope.id: delivery for delivery in deliveries}
        async with self._db.transaction() as tx:
            new = await record_new(tx, self._consumer, list(by_id), now=self._clock.now())
            fresh = [delivery for id_, delivery in by_id.items() if id_ in new]
            for delivery in fresh:
                with bound(delivery.context):
                    await self._handlers[type(delivery.event)](tx, delivery.event)
            if self._settle and fresh:
                with bound(fresh[0].context):
                    await self._settle(tx, [delivery.event for delivery in fresh])
        return new


class Idempotent:
    """Applies a batch outside the database by a handler that is idempotent by itself (absolute, fenced writes)."""

    def __init__(self, handler: Callable[[Sequence[Event]], Awaitable[None]]) -> None:
        """Hand each batch to `handler`."""
        self._handler = handler

    async def __call__(self, deliveries: Sequence[Delivery]) -> set[str]:
        """Apply all and return their ids."""
        await self._handler([delivery.event for delivery in deliveries])
        return {delivery.envelope.id for delivery in deliveries}
