"""How late things are: this process itself, which sends the load, and another one by its own metrics."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress

import httpx

LOOK_SECONDS = 0.005
BUCKET = re.compile(r'^event_loop_lag_seconds_bucket\{le="([^"]+)"[^}]*\} (\S+)$', re.MULTILINE)
Buckets = Mapping[float, float]  # how many were at most so many seconds late


@asynccontextmanager
async def own_lateness() -> AsyncIterator[list[float]]:
    """Yield a list that takes, until the block ends, how late each look at the clock of this process was."""
    found: list[float] = []

    async def look() -> None:
        while True:
            due = time.perf_counter() + LOOK_SECONDS
            await asyncio.sleep(LOOK_SECONDS)
            found.append(time.perf_counter() - due)

    looking = asyncio.create_task(look())
    try:
        yield found
    finally:
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking


async def lateness_of(url: str) -> Buckets:
    """Return what a process of ours has measured of its event loop since it was started."""
    async with httpx.AsyncClient(trust_env=False) as client:
        page = (await client.get(f"{url}/metrics")).text
    return {float(bound): float(count) for bound, count in BUCKET.findall(page)}


def most_of(before: Buckets, after: Buckets, part: float) -> float:
    """Return within how many seconds this part of what lies between two looks was: the bound of a bucket."""
    counts = {bound: after[bound] - before[bound] for bound in sorted(after)}
    wanted = part * max(counts.values())
    return next(bound for bound, count in counts.items() if count >= wanted)
