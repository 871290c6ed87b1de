"""The one connection to Valkey of a process that reads much: what is asked within a tick leaves in one write.

A client with a pool spends three times the processor on a small read and fails when the pool is empty; here there is
nothing to wait for but the server. Answers come in the order of the calls, so one that hangs holds up all behind it:
then the connection is given up, every call under way fails, and a new one is made.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis.exceptions import ConnectionError as Disconnected
from redis.exceptions import NoScriptError, RedisError

from libs.cancellation import ended
from libs.storage.resp import Part, Script, command, packed
from libs.storage.valkey_address import ValkeyAddress
from libs.storage.valkey_link import Link, Reply
from libs.telemetry.logs import logger

log = logger(__name__)

MOST_PENDING = 4096  # at a full processor's rate a quarter of a second of answers
FIRST_PAUSE, LONGEST_PAUSE = 0.02, 1.0
PING = command("PING")


class Pipelined:
    """Calls over one connection that is kept up. Every call raises ValkeyError when it cannot be answered."""

    def __init__(self, address: ValkeyAddress, *, patience: float, most_pending: int) -> None:
        """Use `open_pipelined` instead."""
        self._address = address
        self._patience = patience
        self._most_pending = most_pending
        self._link: Link | None = None
        self.tried = asyncio.Event()

    @property
    def pending(self) -> int:
        """How many calls wait for their answers."""
        return self._link.pending if self._link else 0

    def ask(self, written: bytes, *, calls: int = 1) -> "asyncio.Future[Reply]":
        """Send a command that `libs.storage.resp` has written, on behalf of so many calls; await the answer."""
        link = self._link
        if link is None:
            raise Disconnected("not connected to Valkey")
        if link.pending >= self._most_pending:
            raise Disconnected("too many calls to Valkey are under way")
        return link.ask(written, calls=calls)

    async def command(self, *parts: Part) -> Reply:
        """Send a command and return its answer."""
        return await self.ask(command(*parts))

    async def script(self, script: Script, keys: bytes, *arguments: Part) -> Reply:
        """Run a script on keys that `packed` has written; one that the server has lost is sent whole."""
        rest, count = packed(*arguments), len(arguments)
        try:
            return await self.ask(script.by_digest(keys, rest, count))
        except NoScriptError:
            return await self.ask(script.whole(keys, rest, count))

    async def ping(self) -> None:
        """Return when the server answers."""
        await self.ask(PING)

    async def run(self) -> None:
        """Keep the connection up until cancelled."""
        pause = FIRST_PAUSE
        while True:
            try:
                link = await self._connect()
            except (OSError, TimeoutError, RedisError) as error:
                log.warning("valkey_not_reached", error=repr(error))
                self.tried.set()
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
                continue
            pause, self._link = FIRST_PAUSE, link
            self.tried.set()
            try:
                await link.lost.wait()
            finally:
                self._link = None
                link.close()
            log.warning("valkey_lost", error=link.reason)
            await asyncio.sleep(pause)

    async def _connect(self) -> Link:
        loop, address = asyncio.get_running_loop(), self._address
        async with asyncio.timeout(self._patience):
            _, link = await loop.create_connection(
                lambda: Link(loop, patience=self._patience), address.host, address.port, ssl=address.tls
            )
            try:
                await self._greet(link)
            except BaseException:
                link.close()
                raise
        return link

    async def _greet(self, link: Link) -> None:
        """Say who we are. Raises RedisError when the server does not take it."""
        if self._address.password:
            names = [self._address.username] if self._address.username else []
            await link.ask(command("AUTH", *names, self._address.password))
        if self._address.database:
            await link.ask(command("SELECT", self._address.database))
        await link.ask(PING)  # refused while a server without password loads its data


@asynccontextmanager
async def open_pipelined(
    url: str, *, patience: float = 2.0, most_pending: int = MOST_PENDING
) -> AsyncIterator[Pipelined]:
    """Open a connection whose calls fail after `patience` seconds. Does not fail when Valkey is down."""
    pipelined = Pipelined(ValkeyAddress.of(url), patience=patience, most_pending=most_pending)
    task = asyncio.create_task(pipelined.run())
    try:
        await pipelined.tried.wait()
        yield pipelined
    finally:
        await ended([task])
