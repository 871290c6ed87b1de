"""Tells, beside the routes, which comments wait: a programme after the other, in small transactions."""

from uuid import UUID

from libs.clock import Clock
from libs.storage.database import Database
from services.engagement.conversations import service
from services.engagement.conversations.domain import Plan
from services.engagement.conversations.metrics import ConversationMetrics


class ReminderKeeper:
    """One worker; any number may run, in any number of processes, for each comment is claimed by one of them."""

    def __init__(self, db: Database, clock: Clock, metrics: ConversationMetrics, *, default: Plan) -> None:
        """Tell what waits in `db`, under `default` where a programme has chosen nothing."""
        self._db = db
        self._clock = clock
        self._metrics = metrics
        self._default = default

    async def work(self) -> None:
        """Tell all that is due now. Raises what a database that is away raises."""
        async with self._db.transaction() as tx:
            programmes = await service.programmes_with_untold(tx)
        for programme_id in programmes:
            while await self._tell(programme_id) == service.AT_ONCE:
                pass

    async def _tell(self, programme_id: UUID) -> int:
        async with self._db.transaction() as tx:
            told = await service.tell_waiting(tx, programme_id, default=self._default, now=self._clock.now())
        self._metrics.told(told)
        return told
