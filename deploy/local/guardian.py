"""Owns the promise that a stack which is killed leaves no process behind.

A guardian is a process of its own that reads a pipe held open by the stack. The stack tells it of each child
that starts and ends; when the pipe closes, by whatever death of the stack, it stops those that are left.
"""

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import BinaryIO, TextIO

import psutil  # type: ignore[import-untyped]  # has no types of its own

from deploy.local.folder import DataFolder

PROJECT = Path(__file__).resolve().parents[2]
GRACE_SECONDS = 10.0
# Set in every child: finds also one that started in the instant before the stack could announce it.
MARK = "TIMBRE_STACK"


class Guardian:
    """The stack's end of the pipe. `held` is the locked file of the folder: the lock lasts as long as a child."""

    def __init__(self, folder: DataFolder, held: BinaryIO) -> None:
        self._mark = str(folder.root)
        with folder.log("guardian").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "deploy.local.guardian", self._mark],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=PROJECT,
                text=True,
                pass_fds=(held.fileno(),),
                start_new_session=True,  # Ctrl-C in the terminal must not reach it
            )
        assert self._process.stdin is not None, "asked for above"
        self._pipe = self._process.stdin

    @property
    def environment(self) -> dict[str, str]:
        """What the environment of every child has to contain."""
        return {MARK: self._mark}

    def watch(self, pid: int, stop_signal: signal.Signals) -> None:
        """A child started. Raises BrokenPipeError when the guardian has died."""
        self._tell(f"watch {pid} {int(stop_signal)}")

    def release(self, pid: int) -> None:
        """A child has ended."""
        with suppress(BrokenPipeError):  # stopping goes on when the guardian has died
            self._tell(f"release {pid}")

    async def close(self) -> None:
        """Let the guardian stop what is left, and end it."""
        with suppress(BrokenPipeError):
            self._pipe.close()
        await asyncio.to_thread(self._process.wait)

    def _tell(self, line: str) -> None:
        print(line, file=self._pipe, flush=True)


@asynccontextmanager
async def guarded(folder: DataFolder, *, fresh: bool = False) -> AsyncIterator[Guardian]:
    """Hold `folder` alone, end what an earlier stack left running on it, and guard what is started here.

    `fresh` erases what the folder holds before anything starts.
    Raises FolderInUseError when another stack uses the folder.
    """
    async with folder.locked() as held:
        for orphan in await asyncio.to_thread(_marked, str(folder.root)):
            await asyncio.to_thread(_stop, orphan, signal.SIGINT)
        if fresh:
            folder.erase()
        guardian = Guardian(folder, held)
        try:
            yield guardian
        finally:
            await guardian.close()


def kill(pid: int) -> None:
    """SIGKILL to a process and its descendants, and to no process that took over one of their ids."""
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        for member in (process, *process.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                member.kill()


def _guard(commands: TextIO, mark: str) -> None:
    """Follow the stack until its end of the pipe closes, then stop in reverse order what it left."""
    running: dict[int, tuple[psutil.Process, signal.Signals]] = {}
    for line in commands:
        verb, pid, *rest = line.split()
        if verb == "release":
            running.pop(int(pid), None)
            continue
        with suppress(psutil.NoSuchProcess):  # it died at once: the stack will notice
            running[int(pid)] = psutil.Process(int(pid)), signal.Signals(int(rest[0]))
    for process, stop_signal in reversed(running.values()):
        _stop(process, stop_signal)
    for process in _marked(mark):
        _stop(process, signal.SIGINT)


def _stop(process: psutil.Process, stop_signal: signal.Signals) -> None:
    with suppress(psutil.NoSuchProcess):
        print(f"stopping {process.pid} {process.name()}", flush=True)
        process.send_signal(stop_signal)
        if not _ended(process, within=GRACE_SECONDS):
            print(f"killing {process.pid}", flush=True)
            kill(process.pid)


def _ended(process: psutil.Process, *, within: float) -> bool:
    """Wait for the end of a process that need not be our child; one that nobody reaps counts as ended."""
    until = time.monotonic() + within
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def _marked(mark: str) -> list[psutil.Process]:
    """The processes of the stack `mark`, youngest first, without those that another of them started."""
    found: dict[int, psutil.Process] = {}
    for process in psutil.process_iter():
        with suppress(psutil.Error):  # ended meanwhile, or of another user
            if process.environ().get(MARK) == mark:
                found[process.pid] = process
    roots = [process for process in found.values() if _parent(process) not in found]
    return sorted(roots, key=lambda process: process.create_time(), reverse=True)


def _parent(process: psutil.Process) -> int | None:
    with suppress(psutil.NoSuchProcess):
        return int(process.ppid())
    return None


if __name__ == "__main__":
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    _guard(sys.stdin, sys.argv[1])
