"""`make bench-ledger`: evidence in, ledger committed, Valkey projected; and what bare PostgreSQL does in the same run.

Each season is measured in three ways, each on interactions of its own: one batch after the other, to see what each
stage costs; two lanes at once, for the rate; and through the broker with the service as it runs.
"""

import argparse
import asyncio
import resource
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import timedelta
from itertools import pairwise
from types import ModuleType

import asyncpg
import uvloop
from nats.aio.msg import Msg

from bench.broker import whole_way
from bench.ceiling import bare_rate
from bench.path import Path, message, open_path, sealed
from bench.report import Figure, against, write
from bench.season import LATEST, PROGRAMME, Season, told
from bench.servers import Servers, running_servers
from bench.stages import Stopwatch
from libs.clock import new_id
from libs.events.engagement import RecordedInteraction
from libs.process.cycles import collect_rarely
from libs.storage.migrate import migrate
from libs.telemetry.logs import configure_logs
from libs.telemetry.metrics import Telemetry
from services.gamification.app import MIGRATIONS, play
from services.gamification.badges.metrics import BadgeMetrics
from services.gamification.evidence.domain import Stretch, Told
from services.gamification.evidence.service import changes, keeping
from services.gamification.ledger import service as ledger
from services.gamification.ledger.service import booking

LANES, MESSAGES, TOGETHER = 2, 64, 2048
WHOLE = 4  # times as many go the whole way: seeing that all is shown takes some tenths of a second
NEAR = timedelta(days=20)
STAGES: Sequence[tuple[ModuleType, str, str]] = (
    (keeping, "keep_interactions", "keep evidence"),
    (changes, "changed", "read dossiers"),
    (ledger, "settle_told", "score"),
    (booking, "book", "book"),
)


async def prepared(servers: Servers, season: Season, *, name: str = "season") -> str:
    """Write a season's history into a database of its own, named after it; returns its address."""
    url = await servers.postgres.create_service_database(f"{name}_{season.ambassadors}")
    await migrate(url, MIGRATIONS)
    connection = await asyncpg.connect(url)
    for statement, values in season.history():
        await connection.execute(statement, *values)
    await connection.close()
    return url


async def settled(path: Path, season: Season, arrivals: Sequence[RecordedInteraction]) -> None:
    """Bring all that follows from evidence up to date for those whom the arrivals concern: a season is under way."""
    people = {one.ambassador_id for one in arrivals} | {one.colleague_id for one in arrivals if one.colleague_id}
    stretches = [Stretch(who, PROGRAMME, LATEST - NEAR, LATEST + NEAR) for who in sorted(people)]
    followers = play(BadgeMetrics(Telemetry("gamification")))
    for start in range(0, len(stretches), 500):
        async with path.db.transaction() as tx:
            some = stretches[start : start + 500]
            await ledger.settle(tx, some, now=LATEST, new_id=new_id)
            await followers(tx, some, {one.ambassador_id: PROGRAMME for one in some}, LATEST)
    shares = list(season.published(people))
    for start in range(0, len(shares), 2000):  # each has been measured since it was published
        async with path.db.transaction() as tx:
            await ledger.settle_told(tx, Told(shares[start : start + 2000]), now=LATEST, new_id=new_id)
    await path.project(Stopwatch())


async def one_by_one(path: Path, messages: Sequence[Msg]) -> tuple[Stopwatch, int]:
    """Take batches one after the other; returns what each stage took and how many entries were booked."""
    watch, entries = Stopwatch(), 0
    with ExitStack() as stack:
        for module, function, stage in STAGES:
            stack.enter_context(watch.around(module, function, stage))
        for start in range(0, len(messages), MESSAGES):
            await path.take(messages[start : start + MESSAGES], watch)
            entries += await path.project(watch)
    return watch, entries


async def in_lanes(path: Path, messages: Sequence[Msg]) -> float:
    """Take batches in lanes, each projecting what it finds told; returns seconds."""
    batches = iter([messages[start : start + MESSAGES] for start in range(0, len(messages), MESSAGES)])

    async def lane() -> None:
        for batch in batches:
            await path.take(batch, Stopwatch())

    started = time.perf_counter()
    await asyncio.gather(*(lane() for _ in range(LANES)))
    await path.project(Stopwatch())
    return time.perf_counter() - started


async def measured(servers: Servers, season: Season, count: int) -> list[Figure]:
    """Return the figures of one season; `count` interactions are taken in each way, and more the whole way."""
    url, arrivals = await prepared(servers, season), season.arrivals((2 + WHOLE) * count)
    starts = (0, count, 2 * count, len(arrivals))
    parts = [list(told(arrivals[start:end], together=TOGETHER)) for start, end in pairwise(starts)]
    ceiling = await bare_rate(url, arrivals, lanes=LANES)
    async with open_path(url, servers.valkey.url, season) as path:
        await settled(path, season, arrivals)
        first, second = ([message(envelope) for envelope in sealed(part)] for part in parts[:2])
        before, own = servers.cpu_seconds(), time.process_time()
        watch, entries = await one_by_one(path, first)
        own, after = time.process_time() - own, servers.cpu_seconds()
        seconds = await in_lanes(path, second)
    whole = await whole_way(servers, url, parts[2])
    name, each = f"{season.ambassadors} ambassadors", 1e6 / count
    used = {"own process": own, **{server: after[server] - before[server] for server in after}}
    return [
        against(f"{name}: interactions, two lanes", count / seconds, "/s", ceiling=ceiling),
        against(f"{name}: interactions, through NATS", whole.rate, "/s", ceiling=ceiling),
        *cost_figures(name, used, each),
        *cost_figures(f"{name}: through NATS", whole.cpu, each / WHOLE),
        *(Figure(name=f"{name}: own cpu, {stage}", value=cpu * each, unit="us") for stage, cpu in watch.cpu.items()),
        *(Figure(name=f"{name}: time, {stage}", value=wall * each, unit="us") for stage, wall in watch.wall.items()),
        Figure(name=f"{name}: entries an interaction", value=entries / count, unit=""),
        Figure(
            name=f"{name}: most memory", value=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, unit="MiB"
        ),
    ]


def cost_figures(name: str, used: Mapping[str, float], each: float) -> list[Figure]:
    """Return processor time for each interaction, by process and in all."""
    return [
        *(Figure(name=f"{name}: cpu of {part}", value=value * each, unit="us") for part, value in used.items()),
        Figure(name=f"{name}: cpu an interaction", value=sum(used.values()) * each, unit="us"),
    ]


async def run(sizes: Sequence[int], count: int) -> None:
    """Measure each size on servers of one run, and hand in the figures."""
    figures: list[Figure] = []
    async with running_servers() as servers:
        for size in sizes:
            figures += await measured(servers, Season(size), count)
    for way in ("ambassadors", "through NATS"):
        costs = [figure.value for figure in figures if figure.name.endswith(f"{way}: cpu an interaction")]
        name = f"cost at {sizes[-1]} over cost at {sizes[0]}, {'in process' if way == 'ambassadors' else way}"
        figures.append(Figure(name=name, value=costs[-1] / costs[0], unit=""))
    write("ledger", figures)


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m bench.ledger")
    parser.add_argument("--quick", action="store_true", help="1,000 and 10,000 ambassadors only, within 50 s")
    quick = parser.parse_args().quick
    configure_logs("bench", form="console", level="ERROR")
    collect_rarely()
    uvloop.run(run((1000, 10_000) if quick else (1000, 10_000, 100_000), 4000 if quick else 20_000))


if __name__ == "__main__":
    main()
