"""Coming back: what was missed is one change, as long as the state is kept; else the whole page."""

from collections.abc import AsyncIterator

import pytest

from deploy.local.servers.nats import NatsServer
from gateway.live.history import KEPT
from tests.integration.gateway.boards import Board
from tests.integration.gateway.conftest import Gateway, Run
from tests.integration.gateway.live import NEVER, follow, has, read, tell


@pytest.fixture(scope="module")
async def gateway(run: Run) -> AsyncIterator[Gateway]:
    async with run(live_check_seconds=NEVER, live_per_person=100) as running:
        yield running


async def moved(board: Board, broker: NatsServer, *sequences: int) -> None:
    for sequence in sequences:
        await board.write({1: (500, 1), 2: (sequence * 100, sequence)}, sequence=sequence)
        await tell(broker, board)


async def test_who_comes_back_gets_what_was_missed_as_one_change(
    gateway: Gateway, board: Board, broker: NatsServer
) -> None:
    async with follow(gateway, board) as stays, follow(gateway, board) as leaves:
        await stays.event()
        await leaves.event()
        leaves.writer.close()
        for sequence in (2, 3, 9):
            await moved(board, broker, sequence)
            await stays.until(has(sequence))
        async with follow(gateway, board, after=leaves) as back:
            assert (await back.event()).kind == "change"
            assert back.page == await read(gateway, board)
            assert back.last_id == stays.last_id


async def test_who_was_alone_finds_the_states_as_well(gateway: Gateway, board: Board, broker: NatsServer) -> None:
    async with follow(gateway, board) as leaves:
        await leaves.event()
    await moved(board, broker, 2)
    async with follow(gateway, board, after=leaves) as back:
        assert (await back.event()).kind == "change"
        assert back.page == await read(gateway, board)


async def test_who_has_missed_nothing_gets_nothing(gateway: Gateway, board: Board, broker: NatsServer) -> None:
    async with follow(gateway, board) as leaves:
        await leaves.event()
    async with follow(gateway, board, after=leaves) as back:
        await back.heartbeat()
        await moved(board, broker, 2)
        assert (await back.event()).kind == "change"


async def test_who_comes_back_to_another_process_and_has_the_page_gets_nothing(
    gateway: Gateway, run: Run, board: Board
) -> None:
    async with follow(gateway, board) as leaves:
        await leaves.event()
    async with run() as other, follow(other, board, after=leaves) as back:
        await back.heartbeat()
        assert back.kinds == []


async def test_who_has_missed_too_much_gets_the_whole_page(gateway: Gateway, board: Board, broker: NatsServer) -> None:
    async with follow(gateway, board) as stays:
        await stays.event()
        seen = stays.last_id
        for sequence in range(2, KEPT + 2):
            await moved(board, broker, sequence)
            await stays.until(has(sequence))
        async with follow(gateway, board, seen=seen) as back:
            assert (await back.event()).kind == "snapshot"


@pytest.mark.parametrize("seen", ["nonsense", "0", "a" * 4000, "\xe4"])
async def test_a_position_that_is_not_known_leads_to_the_whole_page(gateway: Gateway, board: Board, seen: str) -> None:
    async with follow(gateway, board, seen=seen) as listener:
        assert (await listener.event()).kind == "snapshot"


async def test_a_position_of_another_page_leads_to_the_whole_page(gateway: Gateway, board: Board) -> None:
    await board.write({1: (500, 1), 2: (400, 2)})
    async with follow(gateway, board, limit=1) as one:
        await one.event()
    async with follow(gateway, board, limit=2, seen=one.last_id) as two:
        assert (await two.event()).kind == "snapshot"
