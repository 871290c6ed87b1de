"""Keeps, beside the routes, the bucket `api-keys` as the tables say, and on which day each key was last used."""

from datetime import date
from uuid import UUID

from libs.bus.bucket import Bucket
from libs.bus.connection import Connection
from libs.events.topology import API_KEY_USES, API_KEYS
from libs.storage.database import Database
from libs.telemetry.logs import logger
from services.content.keys import service

log = logger(__name__)


class KeyKeeper:
    """One worker; any number may run, in any number of processes."""

    def __init__(self, db: Database, connection: Connection) -> None:
        """Compare the tables in `db` with what everybody reads through `connection`."""
        self._db = db
        self.told = Bucket(connection, API_KEYS)
        self.uses = Bucket(connection, API_KEY_USES, changed=self._used)
        self._days: dict[UUID, date] = {}

    async def work(self) -> None:
        """Remember uses, and tell what is missing. Raises what a database that is away raises."""
        days = dict(self._days)
        async with self._db.transaction() as tx:
            await service.remember_uses(tx, days)
        self._days = {key_id: day for key_id, day in self._days.items() if days.get(key_id) != day}
        if self.told.loaded.is_set():
            async with self._db.transaction() as tx:
                told = await service.tell_again(tx, self.told.values)
            if told:
                log.warning("api_keys_told_again", secrets=told)

    def _used(self, name: str) -> None:
        try:
            self._days[UUID(name)] = date.fromisoformat(self.uses.values.get(name, b"").decode())
        except ValueError:
            log.warning("api_key_use_unreadable", key_id=name)
