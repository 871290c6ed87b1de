"""Waiting for a fact instead of for a time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

FactT = TypeVar("FactT")


async def eventually(check: Callable[[], Awaitable[FactT]], *, seconds: float = 10.0) -> FactT:
    """Return what `check` answers as soon as it is true; the last error or a TimeoutError when it never is.

    It is asked ever less often, up to ten times a second, since asking holds up what is waited for.
    """
    loop = asyncio.get_running_loop()
    began = loop.time()
    while True:
        found, error = await _asked(check)
        if found:
            return found
        waited = loop.time() - began
        if waited > seconds:
            raise error or TimeoutError(f"not true within {seconds} s")
        await asyncio.sleep(min(max(0.02, waited / 10), 0.1))


async def _asked(check: Callable[[], Awaitable[FactT]]) -> tuple[FactT | None, Exception | None]:
    try:
        return await check(), None
    except Exception as error:  # noqa: BLE001 - whatever is raised, the fact is not there yet
        return None, error
