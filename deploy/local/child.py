"""Owns one program that the stack has started: how it starts, is waited for, and ends."""

import asyncio
import math
import os
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from deploy.local.folder import DataFolder
from deploy.local.guardian import GRACE_SECONDS, Guardian, kill

READY_SECONDS = 30.0
POLL_SECONDS = 0.01
SELDOM_SECONDS = 0.1  # asking takes from those who start: seven processes, each a hundred times a second, half a core
TAIL_BYTES = 3000


class StartError(RuntimeError):
    """A process ended or stayed silent instead of becoming ready; the message has the end of its log."""


class ChildProcess:
    """A program in a session of its own (Ctrl-C does not reach it), watched by the guardian, with a log file."""

    def __init__(
        self, name: str, *, folder: DataFolder, guardian: Guardian, stop_signal: signal.Signals = signal.SIGTERM
    ) -> None:
        self.name = name
        self._log = folder.log(name)
        self._log_start = 0
        self._guardian = guardian
        self._stop_signal = stop_signal
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The id of the running process. Raises RuntimeError when it does not run."""
        if self._process is None:
            raise RuntimeError(f"{self.name} does not run.")
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether it was started, not stopped, and has not ended by itself."""
        return self._process is not None and self._process.poll() is None

    def start(
        self,
        command: Sequence[str | Path],
        *,
        environment: Mapping[str, str],
        directory: Path,
        account: tuple[int, int] | None = None,
    ) -> None:
        """Start `command` in `directory`, as the user and group ids of `account` when it is given."""
        if self._process is not None:
            raise RuntimeError(f"{self.name} runs already.")
        user, group = account or (None, None)
        with self._log.open("ab") as log:
            self._log_start = log.tell()
            self._process = subprocess.Popen(
                command,
                env={**environment, **self._guardian.environment},
                cwd=directory,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                user=user,
                group=group,
                extra_groups=None if account is None else [],
            )
        self._guardian.watch(self.pid, self._stop_signal)

    async def wait_until(self, ready: Callable[[], Awaitable[bool]], *, within: float = READY_SECONDS) -> None:
        """Return when `ready` says so, asked ever less often. Raises StartError when the process ends or is slow."""
        began = time.monotonic()
        until = began + within
        while not await ready():
            if not self.running:
                raise StartError(f"{self.name} ended while starting. Its log ends with:\n{self.log_tail()}")
            if time.monotonic() > until:
                raise StartError(f"{self.name} was not ready after {within:g} s. Its log ends with:\n{self.log_tail()}")
            await asyncio.sleep(min(max(POLL_SECONDS, (time.monotonic() - began) / 10), SELDOM_SECONDS))

    async def finished(self, *, within: float = READY_SECONDS) -> None:
        """Wait for a command that ends by itself. Raises StartError when it fails or takes too long."""
        assert self._process is not None, "started by the caller"
        await self._ended(within=within)
        code = self._process.poll()
        await self.kill()
        if code != 0:
            outcome = "did not end" if code is None else f"ended with code {code}"
            raise StartError(f"{self.name} {outcome}. Its log ends with:\n{self.log_tail()}")

    def log_tail(self) -> str:
        """The end of what this run wrote to its log."""
        with self._log.open("rb") as log:
            size = log.seek(0, os.SEEK_END)
            log.seek(max(self._log_start, size - TAIL_BYTES))
            return log.read().decode(errors="replace")

    async def stop(self, *, grace: float = GRACE_SECONDS) -> None:
        """Ask it to end, and kill it when it has not after `grace` seconds. Nothing to do when it has ended."""
        if self._process is None:
            return
        self._process.send_signal(self._stop_signal)
        await self._ended(within=grace)
        await self.kill()

    async def kill(self) -> None:
        """SIGKILL to it and to all that it started, as a crash would end them; returns when it is gone."""
        if self._process is None:
            return
        if self._process.poll() is None:
            kill(self._process.pid)
        await self._ended(within=math.inf)
        self._guardian.release(self._process.pid)
        self._process = None

    async def _ended(self, *, within: float) -> None:
        assert self._process is not None, "the callers looked"
        until = time.monotonic() + within
        while time.monotonic() < until:
            if self._process.poll() is not None:
                return
            await asyncio.sleep(POLL_SECONDS)


@asynccontextmanager
async def stopped_on_failure(child: ChildProcess) -> AsyncIterator[None]:
    """Stop `child` when what is done inside fails or is cancelled."""
    try:
        yield
    except BaseException:
        await child.stop()
        raise
