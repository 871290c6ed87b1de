"""Keeping Valkey showing the links that the database holds."""

from libs.storage.database import Database
from libs.storage.outage import is_outage
from libs.telemetry.logs import logger
from services.sharing.links import store
from services.sharing.links.projection import LinkProjection

log = logger(__name__)

CHUNK = 500


class LinkKeeper:
    """Keeps Valkey showing what the database holds; any number may work at once."""

    def __init__(self, db: Database, projection: LinkProjection) -> None:
        """Read from `db`, write through `projection`."""
        self._db = db
        self._projection = projection

    async def heal(self) -> None:
        """Write what Valkey may not know: the last changes, or everything after a flush."""
        if not await self._projection.is_whole():
            await self._fill()
        await self.show_changed()

    async def show_changed(self) -> None:
        """Write the links whose last change was not written yet.

        Before the commit: a crash in between leaves them to be written again, and a later version stays.
        """
        shown = CHUNK
        while shown == CHUNK:
            async with self._db.transaction() as tx:
                rows = await store.hold_unshown(tx, limit=CHUNK)
                await self._projection.show(rows)
                await store.mark_shown(tx, [row.id for row in rows])
            shown = len(rows)

    async def show_now(self) -> None:
        """The same, where it need not succeed: the next round does it again."""
        try:
            await self.show_changed()
        except Exception as error:
            if not is_outage(error):
                raise
            log.warning("links_unreachable", error=repr(error))

    async def _fill(self) -> None:
        mark = await self._projection.begin()
        last, count = None, 0
        while True:
            async with self._db.transaction() as tx:
                rows = await store.after(tx, last, limit=CHUNK)
            if not rows:
                break
            await self._projection.show(rows)
            last, count = rows[-1].id, count + len(rows)
        complete = await self._projection.finish(mark)
        log.info("links_filled", links=count, complete=complete)
