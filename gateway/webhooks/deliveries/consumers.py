"""What is told to all, on its way to those who asked for it."""

from collections.abc import Callable, Sequence
from datetime import UTC
from uuid import UUID

from gateway.webhooks.deliveries.domain import Bounds, Fact
from gateway.webhooks.deliveries.service.queueing import queue
from libs.bus.delivery import Delivery as Delivered
from libs.clock import Clock
from libs.storage.database import Database


class Recorder:
    """Applies a batch of any events in one transaction: the deliveries, and the inbox rows that make them one each."""

    def __init__(
        self,
        db: Database,
        consumer: str,
        *,
        bounds: Bounds,
        clock: Clock,
        new_id: Callable[[], UUID],
        queued: Callable[[], None],
    ) -> None:
        """Queue in `db` and call `queued` after each batch."""
        self._db = db
        self._consumer = consumer
        self._bounds = bounds
        self._clock = clock
        self._new_id = new_id
        self._queued = queued

    async def __call__(self, deliveries: Sequence[Delivered]) -> set[str]:
        """Queue what is new and return its ids; raises, with nothing queued, what the database raises."""
        facts = {one.envelope.id: _fact_of(one) for one in deliveries}
        async with self._db.transaction() as tx:
            new = await queue(
                tx,
                list(facts.values()),
                consumer=self._consumer,
                bounds=self._bounds,
                new_id=self._new_id,
                now=self._clock.now(),
            )
        self._queued()
        return new


def _fact_of(one: Delivered) -> Fact:
    stored = one.message.metadata
    return Fact(
        id=one.envelope.id,
        event=one.event,
        at=one.envelope.time,
        raw=one.message.data,
        sequence=stored.sequence.stream,
        stored_at=stored.timestamp.astimezone(UTC),
    )
