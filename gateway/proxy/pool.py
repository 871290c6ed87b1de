"""The connections to one service: at most so many, kept while they are idle, waited for in order."""

import asyncio
import ssl
from collections import deque
from urllib.parse import urlsplit

from gateway.proxy.connection import Connection

CONNECT_SECONDS = 2.0
WAIT_FOR_PLACE_SECONDS = 1.0
# well under the time for which a service keeps an idle connection, so that none is reused while it closes
IDLE_SECONDS = 30.0


class NotConnected(Exception):  # noqa: N818 - says what happened
    """There is no connection to the service, so nothing was done."""


class NoPlace(NotConnected):
    """All connections are taken and none came free in time."""


class Pool:
    """Hands out connections; whoever takes one gives it back."""

    def __init__(self, url: str, *, most: int) -> None:
        """Connect to `url` when somebody asks, at most `most` times at once."""
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        self._host, self._port = parts.hostname or "", parts.port or (443 if secure else 80)
        self._tls = ssl.create_default_context() if secure else None
        self._most = most
        self._open = 0
        self._all: set[Connection] = set()
        self._idle: list[Connection] = []
        self._waiting: deque[asyncio.Future[Connection | None]] = deque()

    async def take(self) -> Connection:
        """Return a connection that nobody else uses. Raises NotConnected, NoPlace."""
        connection = self._kept()
        if connection is not None:
            return connection
        if self._open < self._most:
            self._open += 1
            return await self._connect()
        connection = await self._place()
        if connection is None:
            return await self._connect()
        return await self.take() if connection.closed else connection  # it may be lost while it is handed over

    def give(self, connection: Connection) -> None:
        """Take a connection back after its exchange, whatever became of it."""
        if not connection.reusable:
            connection.close()  # `_gone` counts it when it is
            return
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(connection)
                return
        connection.idle_since = asyncio.get_running_loop().time()
        self._idle.append(connection)

    def close(self) -> None:
        """Close all connections."""
        for connection in list(self._all):
            connection.close()

    def _kept(self) -> Connection | None:
        """Return the connection that was used last, so that those too many grow old."""
        earliest = asyncio.get_running_loop().time() - IDLE_SECONDS
        while self._idle:
            connection = self._idle.pop()
            if not connection.closed and connection.idle_since > earliest:
                return connection
            connection.close()
        return None

    async def _place(self) -> Connection | None:
        """Return a connection that came free, or None when there is room for a new one."""
        waiter: asyncio.Future[Connection | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            async with asyncio.timeout(WAIT_FOR_PLACE_SECONDS):
                return await waiter
        except BaseException as error:
            self._pass_on(waiter)
            if isinstance(error, TimeoutError):
                raise NoPlace("all connections are taken") from error
            raise

    def _pass_on(self, waiter: asyncio.Future[Connection | None]) -> None:
        """Let the next have what came for one who has gone."""
        if waiter in self._waiting:
            self._waiting.remove(waiter)
        elif waiter.done() and not waiter.cancelled():
            connection = waiter.result()
            if connection is None:
                self._free()
            else:
                self.give(connection)

    async def _connect(self) -> Connection:
        """Make a connection in a place that is counted already. Raises NotConnected."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                _, connection = await loop.create_connection(
                    lambda: Connection(self._gone), self._host, self._port, ssl=self._tls
                )
            if connection.closed:
                raise ConnectionResetError  # noqa: TRY301 - a fact of the same kind as those that are raised above
        except BaseException as error:
            self._free()
            if isinstance(error, OSError):  # a TimeoutError is one, and so is what a name or a certificate fails with
                raise NotConnected(repr(error)) from error
            raise
        self._all.add(connection)
        return connection

    def _gone(self, connection: Connection) -> None:
        if connection in self._all:
            self._all.discard(connection)
            self._free()
        if connection in self._idle:
            self._idle.remove(connection)

    def _free(self) -> None:
        """Hand a place on to the first who waits, or have one less taken."""
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return
        self._open -= 1
