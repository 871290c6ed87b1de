"""Many listeners on one process, and what becomes of them when it is told to end."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import psutil  # type: ignore[import-untyped]  # has no types of its own

from deploy.local.servers.nats import NatsServer
from tests.integration.gateway.boards import Board
from tests.integration.gateway.conftest import Gateway
from tests.integration.gateway.issuer import Issuer
from tests.integration.gateway.live import NEVER, follow, has, tell
from tests.integration.gateway.process import process
from tests.support.harness import Stage
from tests.support.live import Listener

FEW, MANY = 50, 300
KIBIBYTE = 1024


@asynccontextmanager
async def listening(gateway: Gateway, board: Board, count: int) -> AsyncIterator[list[Listener]]:
    """So many listeners, each of whom has the page."""
    token = gateway.issuer.token("ambassador")
    async with AsyncExitStack() as streams:
        listeners = [await streams.enter_async_context(follow(gateway, board, token=token)) for _ in range(count)]
        for listener in listeners:
            await listener.event()
        yield listeners


async def test_many_listeners_cost_little_and_all_see_the_same_change(
    stage: Stage, broker: NatsServer, issuer: Issuer, service_url: str, board: Board
) -> None:
    await board.write({who: (1000 - who, who) for who in range(1, 51)}, sequence=1)
    settings = {"live_per_person": str(MANY), "live_check_seconds": str(NEVER)}
    async with (
        process(stage, broker, issuer, service_url, **settings) as (gateway, running),
        listening(gateway, board, FEW) as few,  # what is made once is made
    ):
        before = psutil.Process(running.pid).memory_info().rss
        async with listening(gateway, board, MANY - FEW) as more:
            each = (psutil.Process(running.pid).memory_info().rss - before) / len(more)
            assert each < 100 * KIBIBYTE
            await board.write({who: (2000 - who, who) for who in range(1, 51)}, sequence=2)
            await tell(broker, board)
            for listener in (*few, *more):
                await listener.until(has(2))
            assert {tuple(listener.kinds) for listener in (*few, *more)} == {("snapshot", "change")}
            assert len({listener.last_id for listener in (*few, *more)}) == 1


async def test_a_process_that_is_told_to_end_sends_its_listeners_elsewhere_at_once(
    stage: Stage, broker: NatsServer, issuer: Issuer, service_url: str, board: Board
) -> None:
    async with process(stage, broker, issuer, service_url) as (gateway, running):
        async with listening(gateway, board, 4) as listeners:
            running.terminate()
            for listener in listeners:
                await listener.end()  # properly: who is still open after the time of grace is broken off
                assert len(listener.retries) == 2
        assert await asyncio.wait_for(running.wait(), 60) in {0, -signal.SIGTERM}
