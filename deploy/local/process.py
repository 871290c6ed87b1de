"""Owns a process of one of our own modules: a service, the gateway, or a command such as `migrate`."""

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress

import httpx

from deploy.local.child import READY_SECONDS, ChildProcess
from deploy.local.folder import DataFolder
from deploy.local.guardian import GRACE_SECONDS, PROJECT, Guardian


class ServiceProcess:
    """One Python module of ours as a process, e.g. `python -m services.content serve`."""

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        *,
        environment: Mapping[str, str],
        folder: DataFolder,
        guardian: Guardian,
    ) -> None:
        self.name = name
        self._command = [sys.executable, "-m", *arguments]
        self._environment = dict(environment)
        self._child = ChildProcess(name, folder=folder, guardian=guardian)
        self._ready_url: str | None = None

    @property
    def pid(self) -> int:
        """The id of the running process. Raises RuntimeError when it does not run."""
        return self._child.pid

    @property
    def running(self) -> bool:
        """Whether it was started, not stopped, and has not ended by itself."""
        return self._child.running

    def start(self) -> None:
        """Start it; it inherits the environment of this process, with the given one on top."""
        self._child.start(self._command, environment={**os.environ, **self._environment}, directory=PROJECT)

    async def wait_ready(self, url: str, *, within: float = READY_SECONDS) -> None:
        """Return when `url` (its /readyz) answers 200. Raises StartError with the end of its log."""
        self._ready_url = url
        async with httpx.AsyncClient(trust_env=False, timeout=2.0) as client:

            async def answers() -> bool:
                with suppress(httpx.TransportError):
                    return (await client.get(url)).status_code == httpx.codes.OK
                return False

            await self._child.wait_until(answers, within=within)

    async def finished(self, *, within: float = READY_SECONDS) -> None:
        """Wait for a command that ends by itself, as `migrate`. Raises StartError when it fails or is slow."""
        await self._child.finished(within=within)

    async def stop(self, *, grace: float = GRACE_SECONDS) -> None:
        """SIGTERM, then SIGKILL after `grace` seconds."""
        await self._child.stop(grace=grace)

    async def kill(self) -> None:
        """SIGKILL, for fault tests; returns when it is gone."""
        await self._child.kill()

    async def restart(self) -> None:
        """Stop it when it runs, start it, and wait for the address that wait_ready was given last, if any."""
        await self.stop()
        self.start()
        if self._ready_url is not None:
            await self.wait_ready(self._ready_url)

    def log_tail(self) -> str:
        """The end of what this run wrote to its log."""
        return self._child.log_tail()
