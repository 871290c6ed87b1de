"""Tasks that run beside the HTTP server for as long as the process lives."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any

from libs.cancellation import PATIENCE_SECONDS, ended
from libs.telemetry.logs import logger

log = logger(__name__)


@asynccontextmanager
async def running(
    work: Sequence[Coroutine[Any, Any, None]], *, patience: float = PATIENCE_SECONDS
) -> AsyncIterator[None]:
    """Run the coroutines until the block ends, then cancel them, again after each `patience` seconds.

    One that ends by an exception ends the process: half a service that looks well is worse than a restart.
    """
    tasks = [asyncio.create_task(one) for one in work]
    for task in tasks:
        task.add_done_callback(_end_process_on_failure)
    try:
        yield
    finally:
        await ended(tasks, patience=patience)


def _end_process_on_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.critical("task_died", exc_info=error)
        os.kill(os.getpid(), signal.SIGTERM)
