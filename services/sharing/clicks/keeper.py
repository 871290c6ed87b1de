"""Forgetting what is kept of visitors for as long as the settings say."""

from datetime import timedelta

from libs.clock import Clock
from libs.storage.database import Database
from services.sharing.clicks import service
from services.sharing.links import service as links

CHUNK = 5000


class ClickKeeper:
    """Forgets old visits, and where authors were; any number may work at once."""

    def __init__(self, db: Database, *, clock: Clock, kept: timedelta) -> None:
        """Keep in `db` for `kept`."""
        self._db = db
        self._clock = clock
        self._kept = kept

    async def forget_old(self) -> int:
        """Delete visits older than they are kept, a piece in each transaction; returns how many."""
        before = self._clock.now() - self._kept
        async with self._db.transaction() as tx:
            await links.forget_visitors(tx, before=before)
        forgotten, gone = 0, CHUNK
        while gone == CHUNK:
            async with self._db.transaction() as tx:
                gone = await service.forget_clicks(tx, before=before, limit=CHUNK)
            forgotten += gone
        return forgotten
