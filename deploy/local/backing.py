"""Owns the servers under a stack, ours or somebody else's, and a database for each service in them."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import make_url

from deploy.local.folder import DataFolder
from deploy.local.guardian import Guardian
from deploy.local.outside import Outside
from deploy.local.ports import Ports
from deploy.local.servers.databases import create_service_database
from deploy.local.servers.nats import NatsServer
from deploy.local.servers.postgres import PostgresServer
from deploy.local.servers.valkey import ValkeyServer
from deploy.local.topology import Program


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


class Backing:
    """`servers` are our own, by name: those that some of the programs need and `outside` does not give."""

    def __init__(
        self, folder: DataFolder, programs: Sequence[Program], outside: Outside, *, ports: Ports, guardian: Guardian
    ) -> None:
        self._folder = folder
        self._programs = programs
        self._outside = outside
        self._postgres = PostgresServer(folder, ports=ports, guardian=guardian)
        self._nats = NatsServer(folder, ports=ports, guardian=guardian)
        self._valkey = ValkeyServer(folder, ports=ports, guardian=guardian)
        every: dict[str, Server] = {"postgres": self._postgres, "nats": self._nats, "valkey": self._valkey}
        needed = outside.missing(programs)
        self.servers = {name: server for name, server in every.items() if name in needed}
        self.databases: dict[str, str] = {}

    async def start(self) -> None:
        """Start our servers together, then make the databases. Raises StartError in an ExceptionGroup."""
        async with asyncio.TaskGroup() as starting:
            for server in self.servers.values():
                starting.create_task(server.start())
        for program in self._programs:
            if program.migrates:
                self.databases[program.name] = await self._database(program)

    async def stop(self) -> None:
        """Stop our servers."""
        await asyncio.gather(*(server.stop() for server in self.servers.values()))

    def addresses(self, program: Program) -> dict[str, str]:
        """The settings of a program that are addresses of servers; each has a user and a database of its own."""
        return {
            "database_url": self.databases.get(program.service, ""),
            "nats_url": self._outside.address(program, "nats_url") or self._nats.url_of(program.service),
            "valkey_url": self.valkey_url(program),
        }

    def operator_url(self) -> str:
        """The address at which everything in the broker can be seen."""
        return self._outside.address(self._programs[0], "nats_url") or self._nats.url

    def valkey_url(self, program: Program) -> str:
        """The address of the Valkey that a program uses."""
        return self._outside.address(program, "valkey_url") or self._valkey.url

    async def _database(self, program: Program) -> str:
        """The address of a service's database, which is made when it is missing and not somebody else's."""
        if finished := self._outside.address(program, "database_url"):
            return finished
        if not (administrator := self._outside.administrator):
            return await self._postgres.create_service_database(program.name)
        password = self._folder.secret(f"postgres-{program.name}")
        await create_service_database(administrator, program.name, password=password)
        login = make_url(administrator).set(username=program.name, password=password, database=program.name)
        return login.render_as_string(hide_password=False)
