"""A message as a consumer sees it, and the two ways to apply a batch of them with an effect that happens once."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union

from nats.aio.msg import Msg
from pydantic import Field, TypeAdapter, ValidationError, create_model

from libs.clock import Clock
from libs.events.envelope import Attributes, Event
from libs.events.topology import EVENTS
from libs.problems import Problem
from libs.storage.database import Database, Transaction
from libs.storage.inbox import record_new
from libs.telemetry.context import Context, bound, new_traceparent


class UnreadableMessage(Problem):
    """The payload is no event of a type that is known here."""

    slug, status, title = "unreadable-message", 422, "Unreadable message"


class Opened(Attributes):
    """An envelope whose event is of a known type."""

    data: Event


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivered message, opened."""

    message: Msg
    envelope: Opened

    @property
    def event(self) -> Event:
        """What is told."""
        return self.envelope.data

    @property
    def context(self) -> Context:
        """The chain that this event continues."""
        return Context(
            correlation_id=self.envelope.correlationid,
            causation_id=self.envelope.id,
            traceparent=new_traceparent(self.envelope.traceparent),
        )


_BY_TYPE = Field(discriminator="type")


def _opener() -> TypeAdapter[Opened]:
    """Return what reads an envelope together with its event in one pass over the JSON, by its `type`."""
    fields: dict[str, Any] = {
        name: {"type": (Literal[name], ...), "data": (kind, ...)} for name, kind in EVENTS.items()
    }
    known = tuple(create_model(name, __base__=Opened, **fields[name]) for name in EVENTS)
    return TypeAdapter(Annotated[Union[known], _BY_TYPE])  # type: ignore[arg-type]  # noqa: UP007 - made from a list


_OPENER = _opener()


def open_message(message: Msg) -> Delivery:
    """Open what was delivered. Raises UnreadableMessage."""
    return Delivery(message, open_envelope(message.data))


def open_envelope(data: bytes) -> Opened:
    """Open an envelope. Raises UnreadableMessage, which names the first thing that is wrong."""
    try:
        return _OPENER.validate_json(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise UnreadableMessage(f"{where}: {first['msg']}"[:500]) from error


@dataclass(frozen=True, slots=True)
class Together:
    """A handler of all new events of its type in a batch at once, for facts whose order does not matter."""

    handle: Callable[[Transaction, Sequence[Any]], Awaitable[None]]


One = Callable[[Transaction, Any], Awaitable[None]]
Handler = One | Together
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
            await self._handle(tx, fresh)
            if self._settle and fresh:
                with bound(fresh[0].context):
                    await self._settle(tx, [delivery.event for delivery in fresh])
        return new

    async def _handle(self, tx: Transaction, fresh: Sequence[Delivery]) -> None:
        """Hand each event to its handler in turn, then those that are taken together to theirs."""
        together = defaultdict[type[Event], list[Delivery]](list)
        for delivery in fresh:
            handler = self._handlers[type(delivery.event)]
            if isinstance(handler, Together):
                together[type(delivery.event)].append(delivery)
                continue
            with bound(delivery.context):
                await handler(tx, delivery.event)
        for kind, deliveries in together.items():
            handler = self._handlers[kind]
            assert isinstance(handler, Together)
            with bound(deliveries[0].context):
                await handler.handle(tx, [delivery.event for delivery in deliveries])


class Idempotent:
    """Applies a batch outside the database by a handler that is idempotent by itself (absolute, fenced writes)."""

    def __init__(self, handler: Callable[[Sequence[Event]], Awaitable[None]]) -> None:
        """Hand each batch to `handler`."""
        self._handler = handler

    async def __call__(self, deliveries: Sequence[Delivery]) -> set[str]:
        """Apply all and return their ids."""
        await self._handler([delivery.event for delivery in deliveries])
        return {delivery.envelope.id for delivery in deliveries}
