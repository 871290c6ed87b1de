"""Works on imports beside the routes: piece by piece, each in a transaction of its own."""

import time
from uuid import UUID

from libs.clock import Clock
from libs.storage.database import Database
from libs.storage.outage import is_outage
from libs.telemetry.logs import logger
from services.engagement.imports.metrics import ImportMetrics
from services.engagement.imports.service.steer import fail_import, forget_imports
from services.engagement.imports.service.work import claim, work_on
from services.engagement.imports.tables import ImportFile

log = logger(__name__)


class ImportKeeper:
    """One worker; any number may run, in any number of processes, for each import is held by one at a time."""

    def __init__(self, db: Database, clock: Clock, metrics: ImportMetrics) -> None:
        """Work on the imports in `db`."""
        self._db = db
        self._clock = clock
        self._metrics = metrics

    async def work(self) -> None:
        """Take every import that waits to its end. Raises what a database that is away raises."""
        while await self._step():
            pass

    async def forget(self) -> None:
        """Forget what is kept no longer."""
        async with self._db.transaction() as tx:
            await forget_imports(tx, now=self._clock.now())

    async def _step(self) -> bool:
        import_id: UUID | None = None
        started = time.perf_counter()
        try:
            async with self._db.transaction() as tx:
                file = await claim(tx)
                if file is None:
                    return False
                import_id, before = file.import_id, file.state  # after a rollback its fields cannot be read any more
                await work_on(tx, file, now=self._clock.now())
        except Exception as error:
            if import_id is None or is_outage(error):
                raise
            # tried again and again, a file that our code cannot work on would hold up all others
            log.exception("import_failed", import_id=str(import_id))
            await self._give_up(import_id)
            return True
        self._metrics.piece(time.perf_counter() - started)
        if file.state != before:
            self._reached(file, checked=before == "uploaded")
        return True

    async def _give_up(self, import_id: UUID) -> None:
        async with self._db.transaction() as tx:
            await fail_import(tx, import_id, now=self._clock.now())
        self._metrics.reached("failed")

    def _reached(self, file: ImportFile, *, checked: bool) -> None:
        if checked:
            self._metrics.checked(file)
        self._metrics.reached(file.state)
        log.info("import_advanced", import_id=str(file.import_id), state=file.state)
