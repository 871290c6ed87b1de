"""Owns a running stack: its servers, databases and processes, how they come up together and go in reverse."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Protocol

from sqlalchemy import make_url

from deploy.local.addresses import Addresses, own_process, write_addresses
from deploy.local.folder import DataFolder
from deploy.local.guardian import Guardian, guarded
from deploy.local.issuer import AUDIENCE, ISSUER, publish_keys
from deploy.local.outside import Outside
from deploy.local.ports import HOST, Ports
from deploy.local.process import ServiceProcess
from deploy.local.servers.databases import create_service_database
from deploy.local.servers.nats import NatsServer
from deploy.local.servers.postgres import PostgresServer
from deploy.local.servers.valkey import ValkeyServer
from deploy.local.topology import GATEWAY, PROGRAMS, Program

MIGRATION_SECONDS = 120.0
START_SECONDS = 60.0
GATEWAY_PORT = 8080


class Server(Protocol):
    """What the three servers have in common."""

    @property
    def url(self) -> str:
        """The administrator's address, with the password."""
        ...

    @property
    def pid(self) -> int:
        """The id of the running process. Raises RuntimeError when it does not run."""
        ...

    async def start(self) -> None:
        """Start and wait until it answers. Raises StartError."""
        ...

    async def stop(self) -> None:
        """Stop cleanly."""
        ...

    async def kill(self) -> None:
        """Crash it."""
        ...


class Stack:
    """Our own servers (those that `outside` does not give) and the processes of `programs`."""

    def __init__(
        self,
        folder: DataFolder,
        *,
        programs: Sequence[Program],
        outside: Outside,
        ports: Ports,
        guardian: Guardian,
    ) -> None:
        self.folder = folder
        self.programs = tuple(programs)
        self._outside = outside
        self._ports = ports
        self._guardian = guardian
        self.postgres = PostgresServer(folder, ports=ports, guardian=guardian)
        self.nats = NatsServer(folder, ports=ports, guardian=guardian)
        self.valkey = ValkeyServer(folder, ports=ports, guardian=guardian)
        every: dict[str, Server] = {"postgres": self.postgres, "nats": self.nats, "valkey": self.valkey}
        needed = outside.missing(programs)
        self.servers = {name: server for name, server in every.items() if name in needed}
        self.processes: dict[str, ServiceProcess] = {}
        self._databases: dict[str, str] = {}

    def url(self, name: str) -> str:
        """The address at which the process `name` listens or would listen."""
        return f"http://{HOST}:{self._ports.take(name)}"

    @property
    def gateway_url(self) -> str:
        """The public address."""
        return self.url(GATEWAY.name)

    async def start(self) -> None:
        """Start the servers together, then migrate and start the programs together. Raises StartError in a group."""
        publish_keys(self.folder)
        async with asyncio.TaskGroup() as starting:
            for server in self.servers.values():
                starting.create_task(server.start())
        for program in self.programs:
            if program.migrates:
                self._databases[program.name] = await self._database(program)
        async with asyncio.TaskGroup() as starting:
            for program in self.programs:
                starting.create_task(self._bring_up(program))
        write_addresses(self.folder, self._addresses())

    async def stop(self) -> None:
        """Stop the gateway, then the services, then the servers. What does not run needs no stopping."""
        front = [process for name, process in self.processes.items() if name == GATEWAY.name]
        behind = [process for name, process in self.processes.items() if name != GATEWAY.name]
        for tier in (front, behind, [*self.servers.values()]):
            await asyncio.gather(*(member.stop() for member in tier))

    def pid(self, name: str) -> int:
        """The id of a server's or a program's process. Raises RuntimeError when it was stopped."""
        return self.processes[name].pid if name in self.processes else self.servers[name].pid

    async def revive(self, name: str) -> None:
        """Start a server or a program again after its death, and wait until it is ready. Raises StartError."""
        if name in self.processes:
            await self.processes[name].kill()
            self.processes[name].start()
            await self.processes[name].wait_ready(f"{self.url(name)}/readyz", within=START_SECONDS)
        else:
            await self.servers[name].kill()
            await self.servers[name].start()

    async def _bring_up(self, program: Program) -> None:
        environment = self._environment(program)
        if program.migrates:
            migration = self._process(f"{program.name}-migrate", [program.module, "migrate"], environment)
            try:
                migration.start()
                await migration.finished(within=MIGRATION_SECONDS)
            finally:
                await migration.kill()
        process = self._process(program.name, [program.module, "serve"], environment)
        self.processes[program.name] = process
        process.start()
        await process.wait_ready(f"{self.url(program.name)}/readyz", within=START_SECONDS)

    def _process(self, name: str, arguments: list[str], environment: Mapping[str, str]) -> ServiceProcess:
        return ServiceProcess(name, arguments, environment=environment, folder=self.folder, guardian=self._guardian)

    async def _database(self, program: Program) -> str:
        """The address of a service's database, which is made when it is missing and not somebody else's."""
        if finished := self._outside.address(program, "database_url"):
            return finished
        if not (administrator := self._outside.administrator):
            return await self.postgres.create_service_database(program.name)
        password = self.folder.secret(f"postgres-{program.name}")
        await create_service_database(administrator, program.name, password=password)
        login = make_url(administrator).set(username=program.name, password=password, database=program.name)
        return login.render_as_string(hide_password=False)

    def _environment(self, program: Program) -> dict[str, str]:
        """The settings of a program, as its environment."""
        values = {
            "host": HOST,
            "port": str(self._ports.take(program.name)),
            "database_url": self._databases.get(program.name, ""),
            "nats_url": self._outside.address(program, "nats_url") or self.nats.url_of(program.name),
            "valkey_url": self._outside.address(program, "valkey_url") or self.valkey.url,
            "auth_jwks": str(publish_keys(self.folder)),
            "auth_issuer": ISSUER,
            "auth_audience": AUDIENCE,
            "person_key": self.folder.secret("person-key"),
            **{f"{other.name}_url": self.url(other.name) for other in PROGRAMS},
        }
        return {program.variable(setting): values[setting] for setting in program.settings}

    def _addresses(self) -> Addresses:
        pid, started = own_process()
        boards = [program for program in self.programs if "valkey_url" in program.settings]
        return Addresses(
            pid=pid,
            started=started,
            processes={program.name: self.url(program.name) for program in self.programs},
            databases=self._databases,
            nats=self._outside.address(self.programs[0], "nats_url") or self.nats.url,
            valkey=(self._outside.address(boards[0], "valkey_url") or self.valkey.url) if boards else None,
        )


@asynccontextmanager
async def running_stack(
    folder: DataFolder,
    *,
    programs: Sequence[Program] = PROGRAMS,
    environment: Mapping[str, str],
    fresh: bool = False,
    gateway_port: int | None = None,
) -> AsyncIterator[Stack]:
    """A stack on `folder`, alone there, ready when the block begins and stopped in reverse when it ends.

    `environment` may name servers of somebody else; `fresh` first erases the folder; `gateway_port` is taken when it
    is free. Raises FolderInUseError, and StartError in an ExceptionGroup.
    """
    async with AsyncExitStack() as resources:
        guardian = await resources.enter_async_context(guarded(folder, fresh=fresh))
        if gateway_port is not None:
            _prefer(folder, GATEWAY.name, gateway_port)
        ports = resources.enter_context(Ports(folder.ports))
        stack = Stack(
            folder,
            programs=programs,
            outside=Outside(environment),
            ports=ports,
            guardian=guardian,
        )
        resources.push_async_callback(stack.stop)
        await stack.start()
        yield stack


def _prefer(folder: DataFolder, name: str, port: int) -> None:
    """Let `name` have `port` when it is free, as if the last run had chosen it."""
    chosen = json.loads(folder.ports.read_text()) if folder.ports.exists() else {}
    folder.ports.write_text(json.dumps({**chosen, name: port}))
