"""Every stream has an end, every person and every process so many of them, and nobody slow holds others up."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import pytest

from deploy.local.servers.nats import NatsServer
from tests.integration.gateway.boards import Board
from tests.integration.gateway.conftest import Gateway, Run
from tests.integration.gateway.live import NEVER, follow, has, read, tell
from tests.support.eventually import eventually


@pytest.fixture(scope="module")
async def gateway(run: Run) -> AsyncIterator[Gateway]:
    async with run(live_check_seconds=NEVER) as running:
        yield running


async def metric(gateway: Gateway, name: str) -> float:
    """The value of a metric without labels of its own, or of one line by its whole name."""
    text = (await gateway.client.get("/metrics")).text
    found = [line for line in text.splitlines() if line.startswith(name)]
    return float(found[0].rsplit(" ", 1)[1]) if found else 0.0


async def test_a_person_follows_five_boards_and_no_more(gateway: Gateway, board: Board) -> None:
    ada = gateway.issuer.token("ambassador", sub="ada")
    grace = gateway.issuer.token("ambassador", sub="grace")
    async with AsyncExitStack() as held:
        for _ in range(5):
            await (await held.enter_async_context(follow(gateway, board, token=ada))).event()
        async with follow(gateway, board, token=ada) as refused:
            assert (refused.status, await refused.problem()) == (429, "too-many-streams")
            assert int(refused.headers["retry-after"]) > 0
        async with follow(gateway, board, token=grace) as other:
            assert other.status == 200

    async def free() -> bool:  # whoever leaves gives the place back at once
        async with follow(gateway, board, token=ada) as again:
            return again.status == 200

    await eventually(free)


async def test_a_full_process_sends_people_elsewhere(run: Run, board: Board) -> None:
    async with run(live_listeners=1) as gateway, follow(gateway, board) as first:
        await first.event()
        async with follow(gateway, board) as refused:
            assert (refused.status, await refused.problem()) == (503, "live-full")
            assert int(refused.headers["retry-after"]) > 0
        assert (await gateway.get(f"/v1/boards/{board.id}")).status_code == 200


async def test_the_end_of_the_token_ends_the_stream(gateway: Gateway, board: Board) -> None:
    # it is taken ten seconds past its end
    ends = datetime.now(UTC) - timedelta(seconds=9)
    token = gateway.issuer.token("ambassador", exp=ends)
    async with follow(gateway, board, token=token) as listener:
        await listener.event()
        await listener.end()
        assert len(listener.retries) == 2
    async with follow(gateway, board, token=token, after=listener) as again:
        assert again.status == 401


async def test_a_silent_stream_shows_that_it_lives(run: Run, board: Board) -> None:
    async with run(live_heartbeat_seconds=0.05) as gateway, follow(gateway, board) as listener:
        await listener.event()
        for _ in range(3):
            await listener.heartbeat()
        assert listener.kinds == ["snapshot"]


async def turned_over(board: Board, broker: NatsServer, sequence: int) -> None:
    """Put other people on the whole page, so that the change is large."""
    people = range(100 * (sequence % 2), 100 * (sequence % 2) + 100)
    await board.write({who: (1000 + who, sequence * 1000 + who) for who in people}, sequence=sequence)
    await tell(broker, board)


async def test_who_reads_slowly_gets_the_newest_state_and_not_each(
    gateway: Gateway, board: Board, broker: NatsServer
) -> None:
    last = 60
    async with (
        follow(gateway, board, limit=100) as quick,
        follow(gateway, board, limit=100, receive_buffer=4096) as slow,
    ):
        for sequence in range(2, last + 1):
            await turned_over(board, broker, sequence)
            await quick.until(has(sequence))
        await slow.until(has(last))
        assert slow.page == quick.page == await read(gateway, board, limit=100)
        assert len(quick.kinds) == last
        assert len(slow.kinds) < last / 2


async def test_who_takes_nothing_is_cut_and_others_are_not_held_up(run: Run, board: Board, broker: NatsServer) -> None:
    async with (
        run(live_check_seconds=NEVER, live_send_seconds=0.5) as gateway,
        follow(gateway, board, limit=100) as quick,
        follow(gateway, board, limit=100, receive_buffer=4096) as stuck,
    ):
        await quick.event()

        async def cut() -> bool:
            sequence = quick.page["sequence"] + 1
            await turned_over(board, broker, sequence)
            await quick.until(has(sequence))
            return await metric(gateway, 'gateway_live_ended_total{reason="slow"') == 1

        await eventually(cut, seconds=60)
        with pytest.raises((EOFError, ConnectionError)):  # broken off, not ended
            await stuck.end()


async def test_streams_are_counted(run: Run, board: Board, broker: NatsServer) -> None:
    async with run(live_check_seconds=NEVER) as gateway:
        async with follow(gateway, board) as listener:
            await listener.event()
            assert await metric(gateway, "gateway_live_listeners") == 1
            await board.write({1: (600, 1)}, sequence=2)
            await tell(broker, board)
            await listener.until(has(2))
            assert await metric(gateway, 'gateway_live_frames_total{kind="snapshot"') == 1
            assert await metric(gateway, 'gateway_live_frames_total{kind="change"') == 1
            assert await metric(gateway, "gateway_live_hint_duration_seconds_count") == 1

        async def left() -> bool:
            return await metric(gateway, 'gateway_live_ended_total{reason="left"') == 1

        await eventually(left)
        assert await metric(gateway, "gateway_live_listeners") == 0
