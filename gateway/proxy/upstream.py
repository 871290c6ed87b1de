"""One service as the gateway sees it: a pool of connections of its own, and named failures for what can go wrong."""

import asyncio
import time
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from gateway.errors import ServiceFailed, ServiceTooSlow, ServiceUnavailable
from gateway.metrics import Metrics
from gateway.proxy.breaker import Breaker, RetryBudget
from gateway.proxy.connection import BrokenOff, Connection, Late
from gateway.proxy.headers import Headers
from gateway.proxy.pool import NoPlace, NotConnected, Pool
from gateway.routes import Service
from libs.problems import Problem
from libs.telemetry.logs import logger

log = logger(__name__)

CHUNKED = (b"transfer-encoding", b"chunked")
LAST_CHUNK = b"0\r\n\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a service is sent. A body without a `content-length` among the headers goes in chunks.

    `patience` is in seconds to the first byte of the answer, `retried` says that it may be sent twice.
    """

    method: str
    target: bytes
    headers: Headers
    patience: float
    retried: bool = False
    body: AsyncIterable[bytes] | None = None

    @property
    def chunked(self) -> bool:
        """Whether the body says piece by piece how long it is."""
        return self.body is not None and not any(name == b"content-length" for name, _ in self.headers)


class Upstream:
    """A service. Pools are apart, so that a slow service cannot take the connections of the others."""

    def __init__(self, service: Service, url: str, *, pool: Pool, metrics: Metrics) -> None:
        """Use `open_upstream` instead."""
        parts = urlsplit(url)
        self.service = service
        self._prefix = parts.path.rstrip("/").encode()
        self._host = (b"host", parts.netloc.encode())
        self._pool = pool
        self._metrics = metrics
        self._breaker = Breaker(service, metrics)
        self._budget = RetryBudget()

    @asynccontextmanager
    async def asked(self, request: Request) -> AsyncIterator[Connection]:
        """Send a request; the connection has the beginning of its answer, and is given back when the block ends.

        Raises ServiceUnavailable (nothing was done), ServiceTooSlow, ServiceFailed (not known what was done).
        """
        started = time.perf_counter()
        connection = await self._begun(request)
        try:
            self._metrics.answered(self.service, time.perf_counter() - started)
            yield connection
        finally:
            self._pool.give(connection)

    async def read(self, path: str, *, patience: float) -> tuple[int, bytes]:
        """Return status and body of a GET. Raises as `asked` does, and BrokenOff and Late during the body."""
        request = Request(method="GET", target=path.encode(), headers=[], patience=patience, retried=True)
        async with self.asked(request) as answer:
            body = b""
            while not answer.complete:
                body += await answer.piece()
            return answer.status, body

    async def _begun(self, request: Request) -> Connection:
        self._budget.earn()
        try:
            with self._breaker.watching():
                return await self._try(request)
        except (NotConnected, BrokenOff, Late) as error:
            if not self._may_repeat(request, error):
                raise self._problem(error) from error
        self._metrics.retried(self.service)
        try:
            with self._breaker.watching():
                return await self._try(request)
        except (NotConnected, BrokenOff, Late) as error:
            raise self._problem(error) from error

    def _may_repeat(self, request: Request, error: Exception) -> bool:
        """Whether a call that has failed so may be made again: a read that lost its connection, within the budget."""
        lost = isinstance(error, NotConnected | BrokenOff) and not isinstance(error, NoPlace)
        # a body that has begun to flow cannot be sent again
        return lost and request.retried and request.body is None and self._budget.take()

    async def _try(self, request: Request) -> Connection:
        connection = await self._pool.take()
        giving: asyncio.Task[None] | None = None
        try:
            connection.start(self._head(request), patience=request.patience)
            if request.body is None:
                connection.end()
            else:
                giving = asyncio.create_task(_give(connection, request.body, chunked=request.chunked))
            await connection.answer()
        except BaseException:
            connection.close()
            self._pool.give(connection)
            raise
        finally:
            if giving is not None:
                giving.cancel()
        return connection

    def _head(self, request: Request) -> bytes:
        headers = [self._host, *request.headers, CHUNKED] if request.chunked else [self._host, *request.headers]
        lines = [b"%b: %b\r\n" % header for header in headers]
        return b"%b %b%b HTTP/1.1\r\n%b\r\n" % (request.method.encode(), self._prefix, request.target, b"".join(lines))

    def _problem(self, error: Exception) -> Problem:
        log.warning("upstream_failed", upstream=self.service, error=repr(error))
        if isinstance(error, NotConnected):
            return ServiceUnavailable(f"{self.service} cannot be reached; try again", retry_after=1)
        if isinstance(error, Late):
            return ServiceTooSlow(f"{self.service} took too long; a repeated Idempotency-Key is safe")
        return ServiceFailed(f"{self.service} broke off; a repeated Idempotency-Key is safe")

    def called(self, outcome: str) -> None:
        """Count a call by what became of it."""
        self._metrics.called(self.service, outcome)


async def _give(connection: Connection, body: AsyncIterable[bytes], *, chunked: bool) -> None:
    """Send a body until it ends, or until the service has answered: then it wants no more."""
    try:
        async for piece in body:
            if connection.answered:
                return
            await connection.send(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
        if chunked:
            await connection.send(LAST_CHUNK)
        connection.end()
    except Exception as error:  # noqa: BLE001 - whatever the client does wrong ends the call that waits for an answer
        connection.fail(error)


@asynccontextmanager
async def open_upstream(service: Service, url: str, *, connections: int, metrics: Metrics) -> AsyncIterator[Upstream]:
    """Open the pool of a service and close it at the end; nothing connects before the first call."""
    pool = Pool(url, most=connections)
    try:
        yield Upstream(service, url, pool=pool, metrics=metrics)
    finally:
        pool.close()
