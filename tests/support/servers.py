"""Owns the real servers that tests speak to, on free ports, gone when the test is over."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from deploy.local.folder import DataFolder
from deploy.local.guardian import guarded
from deploy.local.ports import Ports
from deploy.local.servers.nats import NatsServer
from deploy.local.servers.postgres import PostgresServer
from deploy.local.servers.postgres_files import SHARED, everyone_reaches
from deploy.local.servers.valkey import ValkeyServer

NOT_DURABLE = {"fsync": "off", "full_page_writes": "off"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """The three servers, running."""

    postgres: PostgresServer
    nats: NatsServer
    valkey: ValkeyServer


@contextmanager
def empty_folder() -> Iterator[Path]:
    """A folder that is removed again and that, unlike pytest's tmp_path, every account can walk to.

    Started by root, PostgreSQL runs under another account: below tmp_path it would put its files elsewhere.
    """
    with TemporaryDirectory(prefix="timbre-") as path:
        Path(path).chmod(0o755)
        yield Path(path)


@asynccontextmanager
async def running_servers(path: Path | None = None, *, durable: bool = True) -> AsyncIterator[Servers]:
    """All three, started at the same time, on the data folder at `path`, or on an empty one.

    To start again on the same data, `path` has to be an empty_folder(). Without `durable` nothing waits for the disk:
    PostgreSQL keeps what it has committed when it is killed, but not when the machine is.
    """
    async with AsyncExitStack() as stack:
        folder = DataFolder.at(path or stack.enter_context(empty_folder()))
        shared = SHARED if everyone_reaches(folder.root) else stack.enter_context(empty_folder())
        yield await stack.enter_async_context(_servers_on(folder, shared, {} if durable else NOT_DURABLE))


@asynccontextmanager
async def _servers_on(folder: DataFolder, shared: Path, settings: Mapping[str, str]) -> AsyncIterator[Servers]:
    async with AsyncExitStack() as stack:
        guardian = await stack.enter_async_context(guarded(folder))
        ports = stack.enter_context(Ports(folder.ports))
        servers = Servers(
            postgres=PostgresServer(folder, ports=ports, guardian=guardian, shared=shared, settings=settings),
            nats=NatsServer(folder, ports=ports, guardian=guardian),
            valkey=ValkeyServer(folder, ports=ports, guardian=guardian),
        )
        for server in (servers.postgres, servers.nats, servers.valkey):
            stack.push_async_callback(server.stop)
        async with asyncio.TaskGroup() as starting:
            for server in (servers.postgres, servers.nats, servers.valkey):
                starting.create_task(server.start())
        yield servers


@asynccontextmanager
async def running_nats() -> AsyncIterator[NatsServer]:
    """One NATS server with an empty store of its own."""
    async with AsyncExitStack() as stack:
        folder = DataFolder.at(stack.enter_context(empty_folder()))
        guardian = await stack.enter_async_context(guarded(folder))
        server = NatsServer(folder, ports=stack.enter_context(Ports(folder.ports)), guardian=guardian)
        stack.push_async_callback(server.stop)
        await server.start()
        yield server


@asynccontextmanager
async def running_valkey() -> AsyncIterator[ValkeyServer]:
    """One Valkey server of a test's own, to be stopped and started."""
    async with AsyncExitStack() as stack:
        folder = DataFolder.at(stack.enter_context(empty_folder()))
        guardian = await stack.enter_async_context(guarded(folder))
        server = ValkeyServer(folder, ports=stack.enter_context(Ports(folder.ports)), guardian=guardian)
        stack.push_async_callback(server.stop)
        await server.start()
        yield server
