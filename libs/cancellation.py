"""Ending tasks for good."""

import asyncio
from collections.abc import Iterable
from typing import Any

PATIENCE_SECONDS = 1.0  # for what a task does on its way out, before it is cancelled again


async def ended(tasks: Iterable[asyncio.Task[Any]], *, patience: float = PATIENCE_SECONDS) -> None:
    """Cancel tasks until all have ended; each has `patience` seconds before it is cancelled again.

    Once is not enough: before Python 3.12 `asyncio.wait_for` swallows a cancellation that comes as its future is done
    (CPython's issue 86296), and a loop around it goes on. What they raised can be read from them, and need not be.
    """
    every = list(tasks)
    while under_way := [task for task in every if not task.done()]:
        for task in under_way:
            task.cancel()
        await asyncio.wait(under_way, timeout=patience)
    for task in every:
        if not task.cancelled():
            task.exception()  # else asyncio complains that nobody has read it
