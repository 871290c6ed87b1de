"""One POST: on a connection of its own, to a checked address, within a time, reading little of the answer."""

import asyncio
import ssl
import time
from collections.abc import Mapping
from contextlib import aclosing, suppress
from pathlib import Path

import httpcore

from gateway.webhooks.endpoints.addresses import Rules
from gateway.webhooks.endpoints.answers import Answer, Outcome, answer_of
from gateway.webhooks.endpoints.network import ForbiddenAddress, GuardedNetwork, Resolve
from gateway.webhooks.endpoints.urls import Endpoint, WrongUrl, endpoint_of

MOST_READ = 64 * 1024
BODY_SECONDS = 2.0  # the status is the answer; nobody waits long for what is only shown
SHOWN = 1024


class Sender:
    """Speaks to endpoints. It follows no redirect, keeps no cookie, and asks the environment for nothing."""

    def __init__(
        self, rules: Rules, resolve: Resolve, *, connect_seconds: float, total_seconds: float, ca_file: Path | None
    ) -> None:
        """Trust the machine's and certifi's authorities, and those in `ca_file`."""
        self.total_seconds = total_seconds
        self._rules = rules
        self._resolve = resolve
        self._connect_seconds = connect_seconds
        self._tls = httpcore.default_ssl_context()
        if ca_file is not None:
            self._tls.load_verify_locations(ca_file)

    async def check(self, url: str) -> None:
        """Raise WrongUrl where it is certain now that nothing can be sent there.

        A courtesy to whoever mistypes: what counts is the check of each connection.
        """
        endpoint = endpoint_of(url, self._rules)
        try:
            async with asyncio.timeout(self._connect_seconds):
                await self._network(endpoint).checked(endpoint.host, endpoint.port)
        except (httpcore.ConnectError, TimeoutError) as error:
            raise WrongUrl("must have a host that can be found") from error
        except ForbiddenAddress as error:
            raise WrongUrl("must lead to a public address") from error

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send, and say what became of it; never raises for what the other side does."""
        started = time.perf_counter()
        try:
            endpoint = endpoint_of(url, self._rules)
            async with asyncio.timeout(self.total_seconds):
                return await self._exchange(endpoint, headers, body, started)
        except Exception as error:  # noqa: BLE001 - what is not the other side's doing is raised again
            return Answer(outcome=_outcome_of(error), seconds=time.perf_counter() - started)

    async def _exchange(self, endpoint: Endpoint, headers: Mapping[str, str], body: bytes, started: float) -> Answer:
        url = httpcore.URL(
            scheme=b"https" if endpoint.encrypted else b"http",
            host=endpoint.host.encode(),
            port=endpoint.port,
            target=endpoint.target.encode(),
        )
        network = self._network(endpoint)
        connection = httpcore.AsyncHTTPConnection(origin=url.origin, ssl_context=self._tls, network_backend=network)
        timeouts = {"connect": self._connect_seconds, "read": self.total_seconds, "write": self.total_seconds}
        named: list[tuple[bytes | str, bytes | str]] = [("Host", endpoint.authority), *headers.items()]
        async with (
            aclosing(network),
            connection,
            connection.stream("POST", url, headers=named, content=body, extensions={"timeout": timeouts}) as it,
        ):
            read = await _beginning_of(it)
        return answer_of(
            it.status,
            {name.lower(): value for name, value in it.headers},
            read,
            seconds=time.perf_counter() - started,
        )

    def _network(self, endpoint: Endpoint) -> GuardedNetwork:
        return GuardedNetwork(self._resolve, self._rules, encrypted=endpoint.encrypted)


async def _beginning_of(response: httpcore.Response) -> bytes:
    """Read 64 KiB at most, so that a polite server is heard out, and return the first of them.

    A body that drips or breaks off takes nothing back of the status.
    """
    kept, size = b"", 0
    with suppress(TimeoutError, OSError, httpcore.NetworkError, httpcore.ProtocolError):
        async with asyncio.timeout(BODY_SECONDS):
            async for piece in response.aiter_stream():
                kept, size = (kept + piece)[:SHOWN], size + len(piece)
                if size >= MOST_READ:
                    break
    return kept


def _outcome_of(error: Exception) -> Outcome:
    if isinstance(error, ForbiddenAddress | WrongUrl):
        return Outcome.FORBIDDEN
    if isinstance(error, TimeoutError | httpcore.TimeoutException):
        return Outcome.TIMED_OUT
    if isinstance(error, httpcore.ConnectError):
        return Outcome.UNTRUSTED if isinstance(error.__cause__, ssl.SSLError) else Outcome.UNREACHABLE
    if isinstance(error, OSError | httpcore.NetworkError | httpcore.ProtocolError):
        return Outcome.BROKEN_OFF
    raise error
