"""Owns that what dies while a stack runs is started again, with growing pauses, and said in one line each time."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import psutil  # type: ignore[import-untyped]  # has no types of its own

from deploy.local.child import StartError
from deploy.local.stack import Stack

LOOK_SECONDS = 0.1
FIRST_PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 15.0
HEALTHY_SECONDS = 30.0  # who lived this long is no longer in trouble

Say = Callable[[str], None]


@asynccontextmanager
async def watched(stack: Stack, say: Say) -> AsyncIterator[None]:
    """Inside the block, every server and process of `stack` that dies is started again."""
    watches = [asyncio.create_task(_watch(stack, name, say)) for name in (*stack.servers, *stack.processes)]
    try:
        yield
    finally:
        for watch in watches:
            watch.cancel()
        await asyncio.gather(*watches, return_exceptions=True)


async def _watch(stack: Stack, name: str, say: Say) -> None:
    pause = FIRST_PAUSE_SECONDS
    while True:
        begun = time.monotonic()
        await _death(stack, name)
        if time.monotonic() - begun > HEALTHY_SECONDS:
            pause = FIRST_PAUSE_SECONDS
        await asyncio.sleep(pause)
        say(await _revived(stack, name))
        pause = min(2 * pause, LONGEST_PAUSE_SECONDS)


async def _death(stack: Stack, name: str) -> None:
    """Return when `name` does not run."""
    while True:
        if not _lives(stack, name):
            return
        await asyncio.sleep(LOOK_SECONDS)


async def _revived(stack: Stack, name: str) -> str:
    """Start `name` again; what became of it, in one line."""
    begun = time.monotonic()
    try:
        if name == "postgres":
            await asyncio.to_thread(_end_sessions, stack)
        await stack.revive(name)
    except (StartError, OSError) as error:
        return f"{name} ended and did not start again: {str(error).splitlines()[0]}"
    return f"{name} ended; it runs again as process {stack.pid(name)} after {time.monotonic() - begun:.1f} s"


def _lives(stack: Stack, name: str) -> bool:
    with suppress(RuntimeError, psutil.NoSuchProcess):
        return bool(psutil.Process(stack.pid(name)).status() != psutil.STATUS_ZOMBIE)
    return False


def _end_sessions(stack: Stack) -> None:
    """End what PostgreSQL's dead parent left: a busy session could still write beside the new server."""
    data = str((stack.folder.root / "postgres").resolve() / "data")
    for process in psutil.process_iter():
        with suppress(psutil.Error):  # ended meanwhile, or of another user
            if process.cwd() == data:
                process.kill()
                process.wait(timeout=5)
