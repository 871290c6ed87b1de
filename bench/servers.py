"""The servers that are measured: our own, on an empty folder, gone afterwards."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil  # type: ignore[import-untyped]  # has no types of its own

from deploy.local.folder import DataFolder
from deploy.local.guardian import guarded
from deploy.local.ports import Ports
from deploy.local.servers.nats import NatsServer
from deploy.local.servers.postgres import PostgresServer
from deploy.local.servers.valkey import ValkeyServer

EVERYONE_WALKS = 0o755


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """The three servers, running."""

    folder: DataFolder
    postgres: PostgresServer
    nats: NatsServer
    valkey: ValkeyServer

    def cpu_seconds(self) -> dict[str, float]:
        """Return the processor time that each server has used so far."""
        pids = {"postgres": self.postgres.pid, "nats": self.nats.pid, "valkey": self.valkey.pid}
        return {name: cpu_of(pid) for name, pid in pids.items()}


@asynccontextmanager
async def running_servers() -> AsyncIterator[Servers]:
    """Start all three at once and stop them at the end."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(empty_folder())
        guardian = await stack.enter_async_context(guarded(folder))
        ports = stack.enter_context(Ports(folder.ports))
        postgres = PostgresServer(folder, ports=ports, guardian=guardian)
        nats = NatsServer(folder, ports=ports, guardian=guardian)
        valkey = ValkeyServer(folder, ports=ports, guardian=guardian)
        async with asyncio.TaskGroup() as starting:
            for server in (postgres, nats, valkey):
                stack.push_async_callback(server.stop)
                starting.create_task(server.start())
        yield Servers(folder=folder, postgres=postgres, nats=nats, valkey=valkey)


@contextmanager
def empty_folder() -> Iterator[DataFolder]:
    """Make a data folder that is gone afterwards."""
    with TemporaryDirectory(prefix="timbre-bench-") as path:
        Path(path).chmod(EVERYONE_WALKS)  # PostgreSQL runs under an account of its own when we are root
        yield DataFolder.at(Path(path))


def cpu_of(pid: int) -> float:
    """Return the processor time that a process and its children, also those that have ended, have used so far."""
    process = psutil.Process(pid)
    times = [one.cpu_times() for one in (process, *process.children(recursive=True))]
    return float(sum(time.user + time.system + time.children_user + time.children_system for time in times))
