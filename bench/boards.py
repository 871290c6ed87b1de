"""`make bench-boards`: reads of boards, and links, beside what the same server and the same Valkey can do at best.

Each answer is compared with a bare ASGI application that sends the same bytes, on the same cores in the same run. Two
gateways are two processes with a port each, as a cluster runs them; the load generator gives each half its connections.
"""

import argparse
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from itertools import cycle, islice
from statistics import median

import uvloop

from bench.board_fill import fill, sample
from bench.board_stack import Bench, Process, bare_servers, running_bench
from bench.link_fill import browser, fill_links
from bench.loads import Ask, load
from bench.report import Figure, against, write
from bench.valkey_ceiling import ranges, ranks
from bench.wrk import Load, check_wrk
from libs.telemetry.logs import configure_logs

ASKS = 5000
PEERS = """
Peers, measured on another machine of two cores (requests a second, 32 connections; boards of 100,000):
  top 100    Podium 1,745    Nakama   795        bare ASGI answer of the same size 17,024
  21 around  Podium 3,615    Nakama 1,161        Valkey ZREVRANGE 29,360, ZREVRANK 87,184
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How much is measured: seconds and rounds of each load, sizes of boards, and (processes, connections) of loads.

    `members` of the board that is read all have names, which a gateway takes some seconds to read.
    """

    members: int
    seconds: int
    rounds: int
    sizes: Sequence[int]
    loads: Sequence[tuple[int, int]]


QUICK = Shape(members=50_000, seconds=1, rounds=1, sizes=(200_000,), loads=((1, 32), (2, 256)))
FULL = Shape(
    members=100_000,
    seconds=3,
    rounds=3,
    sizes=(10_000, 100_000, 1_000_000, 10_000_000),
    loads=((1, 32), (1, 256), (2, 32), (2, 256)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One kind of request: what is asked, and the part of the bare answer's rate that it should reach."""

    name: str
    aim: float
    asks: Callable[[Bench], Awaitable[Sequence[Ask]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A load, and microseconds of processor time for each answer: of the processes that answered, and of Valkey."""

    load: Load
    server: float
    valkey: float


async def top(bench: Bench) -> Sequence[Ask]:
    """Ask for the first hundred rows, as many readers do."""
    return [Ask(path=f"{_path(bench)}?limit=100", token=token) for token in bench.tokens]


async def seen(bench: Bench) -> Sequence[Ask]:
    """Ask for the same with the ETag of what is there."""
    asks = await top(bench)
    etag = (await bench.ask(asks[0])).headers["etag"]
    return [Ask(path=ask.path, token=ask.token, seen=etag) for ask in asks]


async def rank(bench: Bench) -> Sequence[Ask]:
    """Ask for the ranks of people from all over the board."""
    return _each(bench, f"{_path(bench)}/rank/")


async def around(bench: Bench) -> Sequence[Ask]:
    """Ask for the 21 rows around them."""
    return _each(bench, f"{_path(bench)}/around/")


async def links(bench: Bench) -> Sequence[Ask]:
    """Ask for where links lead; each visit is told to the broker as ever."""
    codes = await fill_links(bench.valkey, ASKS)
    return [Ask(path=f"/l/{code}", agent=browser(number)) for number, code in enumerate(codes)]


TARGETS = (
    Target(name="top 100", aim=0.9, asks=top),
    Target(name="304", aim=0.95, asks=seen),
    Target(name="rank", aim=0.75, asks=rank),
    Target(name="21 around", aim=0.4, asks=around),
    Target(name="link", aim=0.6, asks=links),
)


async def measured(shape: Shape, targets: Sequence[Target] = TARGETS) -> list[Figure]:
    """Return all figures."""
    async with running_bench(shape.members) as bench:
        asks = {target.name: await target.asks(bench) for target in targets}
        bares = await bare_servers(bench, {name: few[0] for name, few in asks.items()})
        figures = await valkey_figures(bench, shape)
        every = [ask for few in asks.values() for ask in few]
        # every token is verified once, and every path has run
        await load([one.port for one in bench.gateways], every, connections=32, seconds=2)
        for target in targets:
            for processes, connections in shape.loads:
                ours, bare = bench.gateways[:processes], bares[:processes]
                figures += await compared(bench, target, asks[target.name], (ours, bare), connections, shape)
        figures += [Figure(name="memory of a gateway", value=bench.gateways[0].memory, unit="MiB")]
        return [*figures, *await size_figures(bench, shape)]


async def compared(
    bench: Bench,
    target: Target,
    asks: Sequence[Ask],
    servers: tuple[Sequence[Process], Sequence[Process]],
    connections: int,
    shape: Shape,
) -> list[Figure]:
    """Return our figures beside the bare ones; the two take turns, and the middle of the rounds counts."""
    ours, bare = servers
    same = [replace(ask, path=f"/{target.name.replace(' ', '-')}") for ask in asks]
    runs = [
        (await loaded(bench, ours, asks, connections, shape), await loaded(bench, bare, same, connections, shape))
        for _ in range(shape.rounds)
    ]
    name = f"{target.name}, {len(ours)} process{'es' if len(ours) > 1 else ''}, {connections} connections"

    def middle(pick: Callable[[Run], float]) -> tuple[float, float]:
        return median(pick(one) for one, _ in runs), median(pick(one) for _, one in runs)

    rate, best = middle(lambda run: run.load.rate)
    p99, best_p99 = middle(lambda run: run.load.p99 * 1000)
    cpu, best_cpu = middle(lambda run: run.server)
    return [
        against(f"{name} (aim {target.aim})", rate, "/s", ceiling=best),
        against(f"{name}: p99", p99, "ms", ceiling=best_p99),
        against(f"{name}: cpu of the gateway", cpu, "us", ceiling=best_cpu),
        Figure(name=f"{name}: cpu of Valkey", value=middle(lambda run: run.valkey)[0], unit="us"),
    ]


async def loaded(bench: Bench, servers: Sequence[Process], asks: Sequence[Ask], connections: int, shape: Shape) -> Run:
    """Load servers. Raises AssertionError when one request failed."""
    before = sum(one.cpu for one in servers), bench.valkey_process.cpu
    ports = [one.port for one in servers]
    found = await load(ports, asks, connections=connections, seconds=shape.seconds)
    after = sum(one.cpu for one in servers), bench.valkey_process.cpu
    assert found.failed == 0, f"{found.failed} of {found.answers} requests failed: {asks[0].path}"
    server, valkey = ((now - then) * 1e6 / found.answers for now, then in zip(after, before, strict=True))
    return Run(load=found, server=server, valkey=valkey)


async def valkey_figures(bench: Bench, shape: Shape) -> list[Figure]:
    """Return what Valkey gives of the same data to one connection with 32 commands under way."""
    figures = []
    for name, measure in (("ZREVRANGE 0 99 WITHSCORES", ranges), ("ZREVRANK", ranks)):
        found = await measure(bench, bench.board, together=32, seconds=shape.seconds)
        figures.append(Figure(name=f"Valkey {name}", value=found.rate, unit="/s"))
        figures.append(Figure(name=f"Valkey {name}: cpu", value=found.cpu, unit="us"))
    return figures


async def size_figures(bench: Bench, shape: Shape) -> list[Figure]:
    """Return what a page, a rank and the rows around somebody cost on boards of other sizes, and memory per member."""
    figures = []
    for members in shape.sizes:
        before = await _memory(bench)
        board = await fill(bench.valkey, members, copy=1)
        grown = await _memory(bench) - before
        figures.append(Figure(name=f"{members:,} members: memory of Valkey", value=grown / members, unit="B each"))
        path, who = f"/v1/boards/{board.board_id}", sample(members, ASKS)
        tokens = list(islice(cycle(bench.tokens), ASKS))
        for name, paths in (
            ("a page made anew", [f"{path}?limit=100&fresh=1"] * len(tokens)),
            ("rank", [f"{path}/rank/{one}" for one in who]),
            ("21 around", [f"{path}/around/{one}" for one in who]),
        ):
            asks = [Ask(path=one, token=token) for one, token in zip(paths, tokens, strict=True)]
            run = await loaded(bench, bench.gateways[:1], asks, 32, shape)
            figures.append(Figure(name=f"{members:,} members: {name}", value=run.load.rate, unit="/s"))
            figures.append(Figure(name=f"{members:,} members: {name}, cpu of Valkey", value=run.valkey, unit="us"))
    return figures


async def _memory(bench: Bench) -> int:
    told = await bench.valkey.command("INFO", "memory")
    return int(told.split(b"used_memory:")[1].split(b"\r\n")[0])


def _path(bench: Bench) -> str:
    return f"/v1/boards/{bench.board.board_id}"


def _each(bench: Bench, path: str) -> list[Ask]:
    who = sample(bench.board.members, ASKS)
    return [Ask(path=f"{path}{one}", token=token) for one, token in zip(who, cycle(bench.tokens), strict=False)]


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m bench.boards")
    parser.add_argument("--quick", action="store_true", help="one short round of each, within 50 s")
    quick = parser.parse_args().quick
    check_wrk()
    configure_logs("bench", form="console", level="ERROR")
    write("boards", uvloop.run(measured(QUICK if quick else FULL)))
    print(PEERS)


if __name__ == "__main__":
    main()
