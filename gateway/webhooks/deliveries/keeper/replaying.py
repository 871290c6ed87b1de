"""Works on replays: reads a piece of a stream, queues what its webhook hears, and keeps how far it came."""

from collections.abc import Callable
from uuid import UUID

from gateway.webhooks.deliveries.domain import Bounds, Fact
from gateway.webhooks.deliveries.metrics import DeliveryMetrics
from gateway.webhooks.deliveries.service import replaying
from gateway.webhooks.deliveries.tables import Replay
from libs.bus.connection import Connection
from libs.bus.delivery import UnreadableMessage, open_envelope
from libs.bus.errors import BusUnavailable
from libs.bus.log import Logged, read_log
from libs.clock import Clock
from libs.events.topology import stream_of
from libs.storage.database import Database
from libs.telemetry.logs import logger

log = logger(__name__)

PIECE = 200


class Replayer:
    """One worker; any number may run, in any number of processes, for each replay is held by one at a time."""

    def __init__(
        self,
        db: Database,
        connection: Connection,
        metrics: DeliveryMetrics,
        *,
        bounds: Bounds,
        clock: Clock,
        new_id: Callable[[], UUID],
        queued: Callable[[], None],
    ) -> None:
        """Read through `connection`, queue in `db`, and call `queued` when something is due by that."""
        self._db = db
        self._connection = connection
        self._metrics = metrics
        self._bounds = bounds
        self._clock = clock
        self._new_id = new_id
        self._queued = queued

    async def work(self) -> None:
        """Take every replay on as far as there is room. Raises what a database that is away raises."""
        try:
            while await self._step():
                pass
        except BusUnavailable as error:
            log.warning("replay_delayed", error=repr(error))

    async def _step(self) -> bool:
        """Read one piece; the broker is asked inside the transaction, which holds nothing but this replay."""
        async with self._db.transaction() as tx:
            claimed = await replaying.claim(tx, bounds=self._bounds)
            if claimed is None:
                return False
            row, webhook = claimed
            kind, now = row.open_types[0], self._clock.now()
            read, position = await self._piece(row, kind)
            facts = [fact for logged in read if (fact := _fact_of(kind, logged)) is not None]
            count = await replaying.queue_again(tx, row, webhook, facts, new_id=self._new_id, now=now)
            await replaying.advance(tx, row, kind, position=position, now=now)
        if count:
            self._metrics.replayed(count)
            self._queued()
        if row.ended_at is not None:
            log.info("replay_ended", webhook_id=str(row.webhook_id), queued=row.queued, reason=row.reason)
        return True

    async def _piece(self, row: Replay, kind: str) -> tuple[list[Logged], int | None]:
        """Return the next messages of a type, and where to read on; None when the replay's end is reached."""
        start = row.positions.get(kind) or row.since
        found = await read_log(self._connection, stream_of(kind), f"{kind}.*", start=start, limit=PIECE)
        wanted = [one for one in found if one.at <= row.until]
        return wanted, found[-1].sequence + 1 if found and len(wanted) == len(found) else None


def _fact_of(kind: str, logged: Logged) -> Fact | None:
    try:
        opened = open_envelope(logged.data)
    except UnreadableMessage as problem:  # its consumer has parked it when it came
        log.warning("replayed_message_unreadable", type=kind, sequence=logged.sequence, reason=problem.detail)
        return None
    return Fact(
        id=opened.id,
        event=opened.data,
        at=opened.time,
        raw=logged.data,
        sequence=logged.sequence,
        stored_at=logged.at,
    )
