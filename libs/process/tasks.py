"""Tasks that run beside the HTTP server for as long as the process lives."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any

from libs.telemetry.logs import logger

log = logger(__name__)

PATIENCE_SECONDS = 1.0  # for what a task does on its way out, before it is cancelled again


@asynccontextmanager
async def running(work: Sequence[Coroutine[Any, Any, None]]) -> AsyncIterator[None]:
    """Run the coroutines until the block ends, then cancel them.

    One that ends by an exception ends the process: half a service that looks well is worse than a restart.
    """
    tasks = [asyncio.create_task(one) for one in work]
    for task in tasks:
        task.add_done_callback(_end_process_on_failure)
    try:
        yield
    finally:
        await _stop(tasks)


async def _stop(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Cancel until all have ended.

    Once is not enough: before Python 3.12 `asyncio.wait_for` swallows a cancellation that comes as its future is done
    (CPython's issue 86296), and a loop around it goes on.
    """
    while under_way := [task for task in tasks if not task.done()]:
        for task in under_way:
            task.cancel()
        await asyncio.wait(under_way, timeout=PATIENCE_SECONDS)


def _end_process_on_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.critical("task_died", exc_info=error)
        os.kill(os.getpid(), signal.SIGTERM)
