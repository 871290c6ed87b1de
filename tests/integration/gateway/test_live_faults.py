"""What goes wrong under a live board heals by itself: lost hints, restarts, a flush; and nothing wrong is shown."""

from collections.abc import AsyncIterator

import pytest

from deploy.local.servers.nats import NatsServer
from libs.storage.valkey import Valkey
from tests.integration.gateway.boards import Board
from tests.integration.gateway.conftest import Gateway, Run
from tests.integration.gateway.live import NEVER, follow, has, numbers, read, tell
from tests.support.eventually import eventually

QUICK = 0.1  # seconds between slow looks and between heartbeats, where a test waits for them


@pytest.fixture
async def flushed(board: Board) -> AsyncIterator[Board]:
    """A board whose Valkey is emptied; whole again at the end, so that other tests find it defined."""
    yield board
    await board.define()


async def test_a_hint_that_is_lost_is_made_up_for(run: Run, board: Board) -> None:
    async with run(live_check_seconds=QUICK) as gateway, follow(gateway, board) as listener:
        await listener.event()
        await board.write({1: (600, 1), 2: (500, 2)}, sequence=2)  # and nobody tells
        assert numbers(await listener.until(has(2))) == [1, 2]


async def test_a_change_while_the_broker_is_away_is_found_when_it_is_back(
    run: Run, board: Board, broker: NatsServer
) -> None:
    async with run(live_check_seconds=NEVER) as gateway, follow(gateway, board) as listener:
        await listener.event()
        await broker.kill()
        await board.write({1: (600, 1)}, sequence=2)
        await broker.start()
        await listener.until(has(2), seconds=60)
        await board.write({1: (700, 1)}, sequence=3)
        await tell(broker, board)  # and hints are heard as before
        await listener.until(has(3))
        assert listener.kinds == ["snapshot", "change", "change"]


async def test_after_a_flush_nothing_is_told_until_the_board_is_whole_and_then_all_of_it(
    run: Run, flushed: Board, broker: NatsServer
) -> None:
    board = flushed
    await board.write({1: (900, 1), 2: (500, 2)}, sequence=5)
    async with (
        run(live_check_seconds=NEVER, live_heartbeat_seconds=QUICK) as gateway,
        follow(gateway, board) as listener,
    ):
        await listener.event()
        await board.valkey.flushall()
        await board.define(whole=False)
        await tell(broker, board, None)

        async def pending() -> bool:
            async with follow(gateway, board) as late:
                return late.status == 503 and await late.problem() == "board-pending"

        await eventually(pending)  # whoever comes now is told to wait
        await board.write({2: (500, 2)}, sequence=5, ready=False)
        await tell(broker, board)
        await listener.heartbeat()
        await listener.heartbeat()
        assert listener.kinds == ["snapshot"]
        await board.define()
        await board.write({1: (900, 1), 2: (500, 2), 3: (100, 3)}, sequence=6)
        await tell(broker, board, None)
        await listener.until(has(6))
        assert listener.kinds == ["snapshot", "snapshot"]
        assert listener.page == await read(gateway, board)
        assert all(row["rank"] >= 1 for row in listener.page["items"])


async def test_while_valkey_does_not_answer_the_last_page_stands(run: Run, board: Board, valkey: Valkey) -> None:
    async with (
        run(live_check_seconds=QUICK, live_heartbeat_seconds=QUICK) as gateway,
        follow(gateway, board) as listener,
    ):
        await listener.event()
        await valkey.config_set("maxclients", 1)  # no new connection, and the gateway's are closed
        try:
            await valkey.client_kill_filter(skipme=True, _type="normal")
            await listener.heartbeat()
            await listener.heartbeat()
        finally:
            await valkey.config_set("maxclients", 10_000)
        await board.write({1: (600, 1)}, sequence=2)
        await listener.until(has(2))
        assert listener.kinds == ["snapshot", "change"]


async def test_a_board_that_is_gone_ends_the_stream(run: Run, board: Board) -> None:
    async with run(live_check_seconds=QUICK) as gateway, follow(gateway, board) as listener:
        await listener.event()
        await board.valkey.delete(f"board:{{{board.id}}}")
        await listener.end()
        async with follow(gateway, board) as again:
            assert (again.status, await again.problem()) == (404, "board-not-found")


async def test_nonsense_on_the_subject_of_hints_hurts_nobody(
    gateway: Gateway, board: Board, broker: NatsServer
) -> None:
    async with follow(gateway, board) as listener:
        await listener.event()
        for period in ("\n\nnonsense\x00", "ä" * 1000, "all"):
            await tell(broker, board, period)
        await board.write({1: (600, 1)}, sequence=2)
        await tell(broker, board)
        await listener.until(has(2))
