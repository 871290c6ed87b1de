"""Opening connections only to addresses that may be spoken to: each is checked, and it is the one connected to.

A name is resolved once for each connection, here, and what is connected to is the address that was checked. So a name
that answers with another address a moment later (DNS rebinding) gains nothing.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address

import httpcore
from httpcore import SOCKET_OPTION

from gateway.webhooks.endpoints.addresses import Address, Rules

Resolve = Callable[[str], Awaitable[Sequence[Address]]]
MOST_ADDRESSES = 8


class ForbiddenAddress(Exception):  # noqa: N818 - says what it is
    """The host leads to an address that may not be spoken to."""


class SystemResolver:
    """The machine's resolver, in threads of its own: a name server that hangs holds up nothing but webhooks."""

    def __init__(self, threads: int) -> None:
        """Resolve at most `threads` names at once."""
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="resolve")

    async def __call__(self, host: str) -> list[Address]:
        """Return every address of a host, without repetitions. Raises OSError, UnicodeError when it has none."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._threads, _addresses_of, host)
        return list(dict.fromkeys(ip_address(address) for address in found))

    def close(self) -> None:
        """Leave what is under way alone and begin nothing more."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _addresses_of(host: str) -> list[str]:
    # it reads every way to write an IPv4 address (2130706433, 0x7f.1, 0177.0.0.1), as any program behind us would
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return [str(sockaddr[0]) for *_, sockaddr in found]


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """What httpcore connects through; it knows no proxy and no other way out."""

    def __init__(self, resolve: Resolve, rules: Rules, *, encrypted: bool) -> None:
        """Connect by `rules`; `encrypted` says whether TLS will follow."""
        self._resolve = resolve
        self._rules = rules
        self._encrypted = encrypted
        self._network = httpcore.AnyIOBackend()
        self._opened: httpcore.AsyncNetworkStream | None = None

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to one of the host's addresses. Raises ForbiddenAddress when any of them may not be spoken to."""
        try:
            async with asyncio.timeout(timeout):
                addresses = await self.checked(host, port)
                self._opened = await self._connect(addresses, port, local_address, tuple(socket_options or ()))
                return self._opened
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"{host} did not answer") from error

    async def aclose(self) -> None:
        """Close what was opened: httpcore leaves it open when it is cancelled while TLS begins."""
        if self._opened is not None:
            await self._opened.aclose()

    async def checked(self, host: str, port: int) -> Sequence[Address]:
        """Return the addresses of a host. Raises ForbiddenAddress, httpcore.ConnectError when it has none."""
        try:
            found = await self._resolve(host)
        except (OSError, UnicodeError) as error:  # the latter for what cannot be a name at all
            raise httpcore.ConnectError("the host has no address") from error
        # all of them: a host that is half inside is one that somebody plays with
        if not all(self._rules.allow(address, port, encrypted=self._encrypted) for address in found):
            raise ForbiddenAddress(host)
        if not found:
            raise httpcore.ConnectError("the host has no address")
        return found[:MOST_ADDRESSES]

    async def _connect(
        self, addresses: Sequence[Address], port: int, local: str | None, options: Sequence[SOCKET_OPTION]
    ) -> httpcore.AsyncNetworkStream:
        for address in addresses[:-1]:
            try:
                return await self._network.connect_tcp(str(address), port, 1.0, local, options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue  # the next may be in a network that this machine reaches
        return await self._network.connect_tcp(str(addresses[-1]), port, None, local, options)
