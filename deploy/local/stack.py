"""Owns a running stack: how servers, services and gateway come up, are found, come back, and go in reverse."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from deploy.local.addresses import Addresses, forget_addresses, own_process, write_addresses
from deploy.local.backing import Backing, Server
from deploy.local.folder import DataFolder
from deploy.local.guardian import Guardian, guarded
from deploy.local.issuer import AUDIENCE, ISSUER, publish_keys
from deploy.local.outside import Outside
from deploy.local.ports import HOST, Ports
from deploy.local.process import ServiceProcess
from deploy.local.topology import GATEWAY, PROGRAMS, Program

MIGRATION_SECONDS = 120.0
START_SECONDS = 60.0
GATEWAY_PORT = 8080


class Stack:
    """The processes of `programs` on the servers of `backing`. `servers` and `processes` hold ours by name."""

    def __init__(
        self, folder: DataFolder, programs: Sequence[Program], backing: Backing, *, ports: Ports, guardian: Guardian
    ) -> None:
        self.folder = folder
        self.programs = tuple(programs)
        self.processes: dict[str, ServiceProcess] = {}
        self._backing = backing
        self._ports = ports
        self._guardian = guardian

    @property
    def servers(self) -> dict[str, Server]:
        """Our own servers by name."""
        return self._backing.servers

    @property
    def gateway_url(self) -> str:
        """The public address."""
        return self.url(GATEWAY.name)

    def url(self, name: str) -> str:
        """The address at which the process `name` listens or would listen."""
        return f"http://{HOST}:{self._ports.take(name)}"

    def pid(self, name: str) -> int:
        """The id of a server's or a program's process. Raises RuntimeError when it was stopped."""
        return self.processes[name].pid if name in self.processes else self.servers[name].pid

    async def start(self) -> None:
        """Start the servers together, then migrate and start the programs together. Raises StartError in a group."""
        keys = str(publish_keys(self.folder))
        await self._backing.start()
        async with asyncio.TaskGroup() as starting:
            for service in dict.fromkeys(program.service for program in self.programs):
                parts = [program for program in self.programs if program.service == service]
                starting.create_task(self._bring_up(parts, keys))
        write_addresses(self.folder, self._addresses())

    async def stop(self) -> None:
        """Stop the gateway, then the services, then the servers. What does not run needs no stopping."""
        forget_addresses(self.folder)
        front = [process for name, process in self.processes.items() if name == GATEWAY.name]
        behind = [process for name, process in self.processes.items() if name != GATEWAY.name]
        for tier in (front, behind):
            await asyncio.gather(*(process.stop() for process in tier))
        await self._backing.stop()

    async def revive(self, name: str) -> None:
        """Start a server or a program again after its death, and wait until it is ready. Raises StartError."""
        if name in self.servers:
            await self.servers[name].kill()
            await self.servers[name].start()
        else:
            await self.processes[name].kill()
            await self._serve(name)

    async def _bring_up(self, parts: Sequence[Program], keys: str) -> None:
        """Migrate a service's database, then start its one process or both."""
        for program in parts:
            environment = self._environment(program, keys)
            if program.migrates:
                await self._migrate(program, environment)
            self.processes[program.name] = self._process(program.name, [program.module, "serve"], environment)
        await asyncio.gather(*(self._serve(program.name) for program in parts))

    async def _migrate(self, program: Program, environment: Mapping[str, str]) -> None:
        migration = self._process(f"{program.name}-migrate", [program.module, "migrate"], environment)
        try:
            migration.start()
            await migration.finished(within=MIGRATION_SECONDS)
        finally:
            await migration.kill()

    async def _serve(self, name: str) -> None:
        self.processes[name].start()
        await self.processes[name].wait_ready(f"{self.url(name)}/readyz", within=START_SECONDS)

    def _process(self, name: str, arguments: list[str], environment: Mapping[str, str]) -> ServiceProcess:
        return ServiceProcess(name, arguments, environment=environment, folder=self.folder, guardian=self._guardian)

    def _environment(self, program: Program, keys: str) -> dict[str, str]:
        """The settings of a program, as its environment; `keys` is the file of the issuer's public keys."""
        values = {
            "host": HOST,
            "port": str(self._ports.take(program.name)),
            "drain_seconds": "0",  # nothing in front of us has to notice
            "auth_jwks": keys,
            "auth_issuer": ISSUER,
            "auth_audience": AUDIENCE,
            "person_key": self.folder.secret("person-key"),
            "secret_key": self.folder.secret("webhooks-key"),
            **self._backing.addresses(program),
            **{f"{other.name}_url": self.url(other.name) for other in PROGRAMS},
        }
        given = {setting: values[setting] for setting in program.settings} | dict(program.fixed)
        return {program.variable(setting): value for setting, value in given.items()}

    def _addresses(self) -> Addresses:
        pid, started = own_process()
        shows_boards = [program for program in self.programs if "valkey_url" in program.settings]
        return Addresses(
            pid=pid,
            started=started,
            processes={program.name: self.url(program.name) for program in self.programs},
            databases=self._backing.databases,
            nats=self._backing.operator_url(),
            valkey=self._backing.valkey_url(shows_boards[0]) if shows_boards else None,
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
        backing = Backing(folder, programs, Outside(environment), ports=ports, guardian=guardian)
        stack = Stack(folder, programs, backing, ports=ports, guardian=guardian)
        resources.push_async_callback(stack.stop)
        await stack.start()
        yield stack


def _prefer(folder: DataFolder, name: str, port: int) -> None:
    """Let `name` have `port` when it is free, as if the last run had chosen it."""
    chosen = json.loads(folder.ports.read_text()) if folder.ports.exists() else {}
    folder.ports.write_text(json.dumps({**chosen, name: port}))
