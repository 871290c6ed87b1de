"""Owns the PostgreSQL server of a local stack: its files, its settings, and the process."""

import os
import shutil
import signal
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType

import asyncpg

from deploy.local.child import ChildProcess, stopped_on_failure
from deploy.local.folder import DataFolder
from deploy.local.guardian import Guardian
from deploy.local.ports import HOST, Ports
from deploy.local.servers import databases
from deploy.local.servers.postgres_files import SHARED, PostgresFiles, place_files

SUPERUSER = "postgres"
# Nothing of the person's environment: PGOPTIONS and its kin would change the server.
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "512MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "log_checkpoints": "off",
}
INITDB = (
    f"--username={SUPERUSER}",
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",  # sorts the same on every machine, whatever its C library
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
)


class PostgresServer:
    """PostgreSQL 18 on a loopback port, durable, with its files below the data folder."""

    def __init__(
        self,
        folder: DataFolder,
        *,
        ports: Ports,
        guardian: Guardian,
        shared: Path = SHARED,
        settings: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """`settings` are added to SETTINGS, or stand in their place."""
        self._folder = folder
        self._settings = {**SETTINGS, **settings}
        self._ports = ports
        self._guardian = guardian
        self._shared = shared
        self._child = ChildProcess("postgres", folder=folder, guardian=guardian, stop_signal=signal.SIGINT)

    @property
    def port(self) -> int:
        """The loopback port."""
        return self._ports.take("postgres")

    @property
    def url(self) -> str:
        """The address for the administrator."""
        return self._url(SUPERUSER, database="postgres")

    @property
    def pid(self) -> int:
        """The id of the running process. Raises RuntimeError when it does not run."""
        return self._child.pid

    async def start(self) -> None:
        """Make the database files when there are none, start, wait until it answers. Raises StartError."""
        files = place_files(self._folder, shared=self._shared)
        data = files.home / "data"
        if not data.exists():
            await self._initialise(files, data)
        # No server of ours runs on these files (the guardian saw to that), so this is left from a crash; were
        # its process id in use again by another program, PostgreSQL would refuse to start.
        (data / "postmaster.pid").unlink(missing_ok=True)
        async with stopped_on_failure(self._child):
            self._child.start(
                [files.programs / "postgres", "-D", data, "-p", str(self.port), *_options(self._settings)],
                environment=ENVIRONMENT,
                directory=files.home,
                account=files.account,
            )
            await self._child.wait_until(self._answers)

    async def stop(self) -> None:
        """End all sessions and stop cleanly."""
        await self._child.stop()

    async def kill(self) -> None:
        """Crash it, for fault tests."""
        await self._child.kill()

    async def create_service_database(self, name: str) -> str:
        """A database and a login for the service `name`, if not there yet; returns the address for it."""
        await databases.create_service_database(self.url, name, password=self._password(name))
        return self._url(name, database=name)

    async def clone_database(self, template: str, name: str) -> str:
        """A copy of `template` under `name` for the same login; returns its address.

        Nobody may be connected to the template. Raises asyncpg.ObjectInUseError,
        asyncpg.InvalidCatalogNameError, asyncpg.DuplicateDatabaseError.
        """
        owner = await databases.clone_database(self.url, template, name)
        return self._url(owner, database=name)

    async def drop_database(self, name: str) -> None:
        """Remove the database `name`, if it is there, with the connections to it."""
        await databases.drop_database(self.url, name)

    async def _initialise(self, files: PostgresFiles, data: Path) -> None:
        begun, password = files.home / "begun", files.home / "password"
        shutil.rmtree(begun, ignore_errors=True)
        password.touch(mode=0o600)
        password.write_text(self._password(SUPERUSER))
        if files.account:
            os.chown(password, *files.account)
        initdb = ChildProcess("initdb", folder=self._folder, guardian=self._guardian)
        try:
            initdb.start(
                [files.programs / "initdb", "-D", begun, f"--pwfile={password}", *INITDB],
                environment=ENVIRONMENT,
                directory=files.home,
                account=files.account,
            )
            await initdb.finished()
        finally:
            await initdb.kill()
            password.unlink()
        begun.rename(data)  # what stands under the final name is whole

    async def _answers(self) -> bool:
        with suppress(OSError, asyncpg.CannotConnectNowError):
            await databases.close_to_public(self.url)
            return True
        return False

    def _password(self, login: str) -> str:
        return self._folder.secret(f"postgres-{login}")

    def _url(self, login: str, *, database: str) -> str:
        return f"postgresql://{login}:{self._password(login)}@{HOST}:{self.port}/{database}"


def _options(settings: Mapping[str, str]) -> list[str]:
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
