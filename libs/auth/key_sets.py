"""The issuer's public keys in memory: read again before they are old, once at a time, and served stale for a while.

A token of a known key waits for the issuer only when nobody has come for minutes; one of an unknown key waits for one
reading, and begins none when one was tried a moment ago.
"""

import asyncio
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from jwt import PyJWK

from libs.auth.errors import IdentityUnavailable, InvalidToken
from libs.auth.jwks import keys_in
from libs.auth.metrics import AuthMetrics
from libs.cancellation import ended
from libs.telemetry.logs import logger

log = logger(__name__)

REFRESH_SECONDS = 10.0  # between two tries, however many unknown keys are asked for
KEPT_SECONDS = 300.0  # so that a key that was withdrawn is forgotten; read again, beside requests, at half of it


class Unreadable(Exception):  # noqa: N818 - what the set is at this moment
    """The key set could not be had; the message says why."""


class Source(Protocol):
    """Where a key set comes from."""

    async def read(self) -> bytes:
        """Return the set as JSON. Raises Unreadable, within seconds."""
        ...


class KeyFile:
    """A JWKS file, which may be written after we have started."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def read(self) -> bytes:
        """Return what the file holds. Raises Unreadable."""
        try:
            return await asyncio.to_thread(self._path.read_bytes)
        except OSError as error:
            raise Unreadable(f"{type(error).__name__} of {self._path.name}") from error


class KeySet:
    """The keys by id. `version` grows when they change."""

    def __init__(
        self,
        source: Source,
        metrics: AuthMetrics,
        *,
        stale_seconds: float,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Read from `source`; while it fails, go on with keys of up to `stale_seconds`."""
        self._source = source
        self._metrics = metrics
        self._kept_for = max(stale_seconds, KEPT_SECONDS)
        self._monotonic = monotonic
        self._document: bytes | None = None
        self._keys: dict[str, PyJWK] = {}
        self._read_at = self._tried_at = float("-inf")
        self._failing = True
        self._reading: asyncio.Task[None] | None = None
        self.version = 0

    async def find(self, key_id: str) -> PyJWK:
        """Return the key of that id. Raises InvalidToken when the issuer has none, IdentityUnavailable."""
        known, age = self._keys.get(key_id), self._monotonic() - self._read_at
        if known is not None and age < KEPT_SECONDS / 2:
            return known
        self.refresh()
        if known is not None and age < (self._kept_for if self._failing else KEPT_SECONDS):
            return known
        if self._reading is not None:
            await asyncio.shield(self._reading)  # whoever leaves must not take it from the others
        return self._found(key_id)

    def refresh(self) -> None:
        """Begin a reading, unless one is under way or was tried a moment ago."""
        if self._reading is None and self._monotonic() - self._tried_at >= REFRESH_SECONDS:
            self._tried_at = self._monotonic()
            self._reading = asyncio.create_task(self._read())

    async def close(self) -> None:
        """Leave a reading that is under way."""
        if self._reading is not None:
            await ended([self._reading])

    def _found(self, key_id: str) -> PyJWK:
        known, age = self._keys.get(key_id), self._monotonic() - self._read_at
        if known is not None and age < self._kept_for:
            return known
        if self._failing:
            pause = max(1, math.ceil(self._tried_at + REFRESH_SECONDS - self._monotonic()))
            raise IdentityUnavailable("the issuer's keys cannot be read; try again", retry_after=pause)
        raise InvalidToken("the issuer has no key of this id")

    async def _read(self) -> None:
        try:
            self._take(await self._source.read())
        except (Unreadable, ValueError, RecursionError) as error:  # so are broken JSON and broken UTF-8
            self._failing = True
            self._metrics.key_set_read("failed")
            log.warning("key_set_not_read", error=f"{type(error).__name__}: {error}")
        finally:
            self._reading = None

    def _take(self, document: bytes) -> None:
        if document != self._document:
            self._keys = keys_in(document)
            self._document = document
            self.version += 1
            log.info("key_set_changed", keys=sorted(self._keys))
        self._read_at = self._monotonic()
        self._failing = False
        self._metrics.key_set_read("read")
        self._metrics.key_set_at(time.time())
