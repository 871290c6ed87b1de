"""One service as the gateway sees it: a pool of connections of its own, and named failures for what can go wrong."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from gateway.errors import ServiceFailed, ServiceTooSlow, ServiceUnavailable
from gateway.metrics import Metrics
from gateway.routes import Service
from libs.problems import Problem
from libs.telemetry.logs import logger

log = logger(__name__)

CONNECT_SECONDS = 2.0
WAIT_FOR_PLACE_SECONDS = 1.0
# well under the time for which a service keeps an idle connection, so that none is reused while it closes
IDLE_SECONDS = 30.0
NOTHING_DONE = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
CONNECTION_LOST = (httpx.NetworkError, httpx.RemoteProtocolError)


class Upstream:
    """A service. Pools are apart, so that a slow service cannot take the connections of the others.

    It speaks to httpx's transport instead of its client: nothing of redirects, cookies or proxies is wanted here.
    """

    def __init__(self, service: Service, url: str, *, transport: httpx.AsyncBaseTransport, metrics: Metrics) -> None:
        """Use `open_upstream` instead."""
        self.service = service
        self._url = httpx.URL(url)
        self._prefix = self._url.raw_path.rstrip(b"/")
        self._transport = transport
        self._metrics = metrics

    def url(self, path: str, query: bytes = b"") -> httpx.URL:
        """Return the address of a path; the query is what our own server has let in."""
        target = self._prefix + path.encode("ascii")
        return self._url.copy_with(raw_path=target + b"?" + query if query else target)

    async def send(self, request: httpx.Request, *, patience: float, retry: bool = False) -> httpx.Response:
        """Return the answer once it begins, `patience` seconds after the request at the latest; the caller closes it.

        Raises ServiceUnavailable (nothing was done), ServiceTooSlow, ServiceFailed (not known what was done).
        """
        request.extensions["timeout"] = {
            "connect": CONNECT_SECONDS,
            "pool": WAIT_FOR_PLACE_SECONDS,
            "read": patience,
            "write": patience,
        }
        started = time.perf_counter()
        response = await self._try(request, retry=retry)
        self._metrics.answered(self.service, time.perf_counter() - started)
        return response

    async def _try(self, request: httpx.Request, *, retry: bool) -> httpx.Response:
        try:
            return await self._transport.handle_async_request(request)
        except httpx.TransportError as error:
            if not (retry and isinstance(error, CONNECTION_LOST)):
                raise self._problem(error) from error
        self._metrics.retried(self.service)
        return await self._try(request, retry=False)

    def _problem(self, error: httpx.TransportError) -> Problem:
        log.warning("upstream_failed", upstream=self.service, error=repr(error))
        if isinstance(error, NOTHING_DONE):
            return ServiceUnavailable(f"{self.service} cannot be reached; try again", retry_after=1)
        if isinstance(error, httpx.TimeoutException):
            return ServiceTooSlow(f"{self.service} took too long; a repeated Idempotency-Key is safe")
        return ServiceFailed(f"{self.service} broke off; a repeated Idempotency-Key is safe")

    def called(self, outcome: str) -> None:
        """Count a call by what became of it."""
        self._metrics.called(self.service, outcome)


@asynccontextmanager
async def open_upstream(service: Service, url: str, *, connections: int, metrics: Metrics) -> AsyncIterator[Upstream]:
    """Open the pool of a service and close it at the end; nothing connects before the first call."""
    limits = httpx.Limits(
        max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=IDLE_SECONDS
    )
    async with httpx.AsyncHTTPTransport(verify=url.startswith("https:"), limits=limits) as transport:
        yield Upstream(service, url, transport=transport, metrics=metrics)
