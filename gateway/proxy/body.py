"""The client's body, read piece by piece within its limits, and the news that the client has left."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable

from starlette.types import Receive

from gateway.errors import BodyTooSlow
from libs.web.errors import BodyTooLarge

BODY_SECONDS = 60.0
SLOWEST_BYTES = 256 * 1024  # a second, of a body so large that a minute is not enough


class ClientGone(Exception):  # noqa: N818 - says what happened
    """The client closed the connection: nobody waits for an answer."""


class RequestBody:
    """An iterator over the body. Raises BodyTooLarge, BodyTooSlow, ClientGone while it is read."""

    def __init__(
        self,
        receive: Receive,
        headers: Iterable[tuple[bytes, bytes]],
        *,
        limit: int,
        patience: float | None = None,
    ) -> None:
        """Read from `receive` at most `limit` bytes within `patience` seconds, a minute or more by the limit."""
        self._receive = receive
        self._limit = limit
        self._patience = max(BODY_SECONDS, limit / SLOWEST_BYTES) if patience is None else patience
        self._deadline = time.monotonic() + self._patience
        named = dict(headers)
        self._announced = int(named.get(b"content-length", b"0"))
        self._read = asyncio.Event()
        self.present = b"transfer-encoding" in named or self._announced > 0
        if not self.present:
            self._read.set()

    def check(self) -> None:
        """Raise BodyTooLarge when the headers announce too much."""
        if self._announced > self._limit:
            raise self._too_large()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the pieces as they come."""
        size = 0
        while not self._read.is_set():
            piece = await self._next()
            size += len(piece)
            if size > self._limit:
                raise self._too_large()
            if piece:
                yield piece

    async def client_left(self) -> None:
        """Return when the client closes the connection, which can be told only after its body has been read."""
        await self._read.wait()
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def _next(self) -> bytes:
        try:
            async with asyncio.timeout(max(self._deadline - time.monotonic(), 0)):
                message = await self._receive()
        except TimeoutError as error:
            raise BodyTooSlow(f"send the whole body within {self._patience:.0f} seconds") from error
        if message["type"] == "http.disconnect":
            raise ClientGone
        if not message.get("more_body", False):
            self._read.set()
        piece: bytes = message.get("body", b"")
        return piece

    def _too_large(self) -> BodyTooLarge:
        return BodyTooLarge(f"at most {self._limit} bytes are taken here")
