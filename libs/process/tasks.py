"""Tasks that run beside the HTTP server for as long as the process lives."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any

from libs.telemetry.logs import logger

log = logger(__name__)


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
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _end_process_on_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.critical("task_died", exc_info=error)
        os.kill(os.getpid(), signal.SIGTERM)
