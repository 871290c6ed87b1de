"""Telling on which day each API key was last used, at most once a day for each."""

import asyncio
from contextlib import suppress
from datetime import date
from uuid import UUID

from libs.bus.connection import Connection
from libs.bus.errors import BusUnavailable, PublishRefused
from libs.clock import Clock
from libs.events.topology import API_KEY_USES

REST_SECONDS = 2.0


class KeyUses:
    """Collects who was let in, and puts the day into the bucket `api-key-uses`, beside requests."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self._seen: set[UUID] = set()
        self._told: set[UUID] = set()
        self._day = date.min

    def used(self, key_id: UUID) -> None:
        """Note that a key was let in."""
        self._seen.add(key_id)

    async def run(self) -> None:
        """Tell what was noted until cancelled; while the broker is away it waits."""
        while True:
            with suppress(BusUnavailable, PublishRefused):
                await self._tell()
            await asyncio.sleep(REST_SECONDS)

    async def _tell(self) -> None:
        today = self._clock.now().date()
        if today != self._day:
            self._day, self._told = today, set()
        self._seen -= self._told
        for key_id in list(self._seen):
            await self._connection.request(f"$KV.{API_KEY_USES}.{key_id}", today.isoformat().encode())
            self._told.add(key_id)
