"""`make bench-integrity`: a night's inspection of a programme, on generated seasons with planted pods, crowds, bursts.

Two kinds of programmes are inspected: one where most of what people receive comes from outsiders, and one where every
favour is a colleague's and is returned, so that all ambassadors hang together in one graph. The ceiling is reading the
rows of the same days, bare, without looking at any of them; memory is that of a process that does nothing else.
"""

import argparse
import asyncio
import multiprocessing
import resource
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta

import asyncpg
import uvloop

from bench.ledger import prepared
from bench.planted import INTERNAL, PLANTED, expected
from bench.report import Figure, against, write
from bench.season import FIRST_DAY, LATEST, PROGRAMME, Season
from bench.servers import Servers, running_servers
from bench.stages import Stopwatch
from libs.storage.database import open_database
from libs.telemetry.logs import configure_logs
from services.gamification.integrity.domain import Kind
from services.gamification.integrity.service import inspect, inspection
from services.gamification.members.domain import Calendar

AT = LATEST + timedelta(days=1)
BARE_ROWS = (
    "SELECT share_id, ambassador_id, published_at FROM evidence_share WHERE programme_id = $1 AND published_at >= $2",
    """
    SELECT touch.share_id, touch.ambassador_id, touch.person, touch.colleague_id, touch.kind, touch.at
    FROM evidence_share AS share JOIN evidence_touch AS touch USING (share_id)
    WHERE share.programme_id = $1 AND touch.at >= $2
    """,
)
ROWS_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """What one inspection took and found."""

    seconds: dict[str, float]
    found: Counter[Kind]
    before: float
    most: float


async def bare_seconds(url: str) -> float:
    """Return how long it takes to read all shares and touches of the days that an inspection looks at."""
    connection = await asyncpg.connect(url)
    started = time.perf_counter()
    for statement in BARE_ROWS:
        async with connection.transaction():
            cursor = await connection.cursor(statement, PROGRAMME, AT - inspection.CROWDS_LOOK_BACK)
            while await cursor.fetch(ROWS_AT_ONCE):
                pass
    seconds = time.perf_counter() - started
    await connection.close()
    return seconds


async def inspected(url: str) -> Night:
    """Inspect a programme once, in this process."""
    before, watch = memory(), Stopwatch()
    async with open_database(url, service="gamification") as db, db.transaction() as tx:
        with ExitStack() as stack:
            for function in ("bursts", "crowds", "pods"):
                stack.enter_context(watch.around(inspection, function, function))
            found = await inspect(tx, Calendar(PROGRAMME, "Europe/Paris", FIRST_DAY), now=AT)
    assert found is not None
    return Night(seconds=dict(watch.wall), found=Counter(one.kind for one in found), before=before, most=memory())


def memory() -> float:
    """Return the most memory that this process had so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def alone(url: str) -> Night:
    """Inspect as the only work of a process."""
    configure_logs("bench", form="console", level="ERROR")
    return asyncio.run(inspected(url))


async def measured(servers: Servers, size: int, *, internal: bool) -> list[Figure]:
    """Return the figures of one programme."""
    season = Season(size)
    url = await prepared(servers, season, name="internal" if internal else "open")
    connection = await asyncpg.connect(url)
    for statement in (*PLANTED, *(INTERNAL if internal else ())):
        await connection.execute(statement, size, LATEST)
    await connection.execute("ANALYZE")
    await connection.close()
    bare = await bare_seconds(url)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        night = await asyncio.get_running_loop().run_in_executor(pool, alone, url)
    assert night.found == expected(size), f"found {night.found}, planted {expected(size)}"
    name = f"{size} ambassadors, {'internal' if internal else 'open'}"
    whole = sum(night.seconds.values())
    return [
        against(f"{name}: ambassadors", size / whole, "/s", ceiling=size / bare),
        Figure(name=f"{name}: an inspection", value=1000 * whole, unit="ms"),
        Figure(name=f"{name}: reading its rows bare", value=1000 * bare, unit="ms"),
        *(Figure(name=f"{name}: {part}", value=1000 * seconds, unit="ms") for part, seconds in night.seconds.items()),
        Figure(name=f"{name}: found", value=night.found.total(), unit=""),
        Figure(name=f"{name}: memory before", value=night.before, unit="MiB"),
        Figure(name=f"{name}: most memory", value=night.most, unit="MiB"),
    ]


async def run(sizes: Sequence[int]) -> None:
    """Measure each size on servers of one run, and hand in the figures."""
    figures: list[Figure] = []
    async with running_servers() as servers:
        for size in sizes:
            figures += await measured(servers, size, internal=False)
            figures += await measured(servers, size, internal=True)
    write("integrity", figures)


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m bench.integrity")
    parser.add_argument("--quick", action="store_true", help="1,000 and 5,000 ambassadors only, within 50 s")
    quick = parser.parse_args().quick
    configure_logs("bench", form="console", level="ERROR")
    uvloop.run(run((1000, 5000) if quick else (1000, 10_000, 100_000)))


if __name__ == "__main__":
    main()
