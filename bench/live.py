"""`make bench-live`: boards that are followed, on the real processes: what a listener costs, how soon it sees.

All listeners follow one board through one gateway. First it stands still; then it moves with each award that
gamification books. Beside it the least that can be followed (`bench/bare_live.py`) has 1,000 listeners on the same
server. The listeners and all that is measured share the machine.
"""

import argparse
import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from statistics import quantiles

import psutil  # type: ignore[import-untyped]  # has no types of its own
import uvloop

from bench.audience import Audience
from bench.bare_live import PATH
from bench.bare_server import bare_server
from bench.live_stack import Watched, running_watched
from bench.report import Figure, against, write
from bench.servers import cpu_of
from libs.process.command import allow_files
from libs.telemetry.logs import configure_logs

FEW, BARE = 100, 1000
AWARDS_A_SECOND = 4
IDLE_SECONDS = 15.0  # one heartbeat of each listener
FILES = 500  # beside the listeners


async def measured(listeners: int, awards: int) -> list[Figure]:
    """Return all figures."""
    async with AsyncExitStack() as stack:
        watched = await stack.enter_async_context(running_watched())
        await watched.fill()
        audience, gateway = watched.audience(), watched.stack.pid("gateway")
        stack.callback(audience.close)
        await audience.grow(FEW)
        few = await awarded(watched, audience, awards // 2)
        memory = await grown(audience, gateway, listeners)
        url, bare = await stack.enter_async_context(bare_server("bench.bare_live:app"))
        bare_listeners = Audience(url, PATH)
        stack.callback(bare_listeners.close)
        await bare_listeners.grow(FEW)
        bare_memory = await grown(bare_listeners, bare, BARE)
        idle, bare_idle = await asyncio.gather(idle_cpu(gateway, audience), idle_cpu(bare, bare_listeners))
        before, seen = cpu_of(gateway), len(audience.frames)
        many = await awarded(watched, audience, awards)
        each = 1e6 * (cpu_of(gateway) - before) / (len(audience.frames) - seen)
        return [
            against("memory of 1,000 listeners", memory, "MiB", ceiling=bare_memory),
            against("cpu of 1,000 idle listeners, in a second", idle, "ms", ceiling=bare_idle),
            Figure(name="cpu of a frame at one listener", value=each, unit="us"),
            *few,
            *many,
        ]


async def grown(audience: Audience, pid: int, count: int) -> float:
    """Let an audience grow to so many; returns what 1,000 more take of a process's memory, in MiB."""
    more, before = count - audience.begun, psutil.Process(pid).memory_info().rss
    await audience.grow(more)
    return float(psutil.Process(pid).memory_info().rss - before) / 2**20 * 1000 / more


async def idle_cpu(pid: int, audience: Audience) -> float:
    """Return the milliseconds of processor that 1,000 listeners take in a second while nothing changes."""
    before = cpu_of(pid)
    await asyncio.sleep(IDLE_SECONDS)
    return 1000 * (cpu_of(pid) - before) / IDLE_SECONDS * 1000 / audience.begun


async def awarded(watched: Watched, audience: Audience, awards: int) -> list[Figure]:
    """Award at a steady pace; returns the time to the frame of each listener, from the booking and from Valkey on."""
    seen = len(audience.frames)
    for _ in range(awards):
        await watched.award()
        await asyncio.sleep(1 / AWARDS_A_SECOND)
    booked = await watched.booked()
    await audience.all_have(max(booked))
    frames = audience.frames[seen:]
    from_award = [frame.at - booked[frame.sequence] for frame in frames]
    from_score = [frame.at - datetime.fromisoformat(frame.as_of.decode()).timestamp() for frame in frames]
    who = f"{audience.begun:,} listeners"
    return [*percentiles(f"{who}: award to frame", from_award), *percentiles(f"{who}: score to frame", from_score)]


def percentiles(name: str, seconds: Sequence[float]) -> list[Figure]:
    """Return the middle and the slow end of what was measured, in milliseconds."""
    cuts = quantiles(seconds, n=100)
    return [Figure(name=f"{name}, p{part}", value=1000 * cuts[part - 1], unit="ms") for part in (50, 99)]


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m bench.live")
    parser.add_argument("--quick", action="store_true", help="fewer listeners, within 50 s")
    listeners, awards = (1000, 40) if parser.parse_args().quick else (10_000, 60)
    configure_logs("bench", form="console", level="ERROR")
    assert allow_files() > listeners + BARE + FILES, "the hard limit of open files is too low (ulimit -Hn)"
    write("live", uvloop.run(measured(listeners, awards)))


if __name__ == "__main__":
    main()
