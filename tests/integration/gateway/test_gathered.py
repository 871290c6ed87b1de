"""Reads that share one call of a script: everybody gets what is theirs, whatever becomes of the others'."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest

from gateway.boards.definitions import Definition
from gateway.boards.gathered import Found
from gateway.boards.sheets import Sheet
from gateway.boards.standings import Place, Standings, Window
from libs.storage.pipelined import Pipelined, open_pipelined
from libs.storage.resp import packed
from libs.storage.valkey import Valkey, ValkeyError
from tests.integration.gateway.boards import Board, person
from tests.support.harness import Stage

READERS = 50
ROWS = {number: (number * 100, number) for number in range(1, READERS + 1)}


@pytest.fixture
async def pipelined(stage: Stage) -> AsyncIterator[Pipelined]:
    async with open_pipelined(stage.servers.valkey.url) as opened:
        yield opened


@pytest.fixture
async def full(valkey: Valkey) -> Board:
    return await (await Board(valkey).define()).write(ROWS)


def sheet_of(board: Board, tie: str = "first") -> Sheet:
    definition = Definition(
        board_id=board.id,
        programme_id=board.programme_id,
        title="",
        time_zone="UTC",
        first_day=date(2026, 1, 5),
        tie=tie,
    )
    return Sheet(definition, "all")


async def calls(valkey: Valkey) -> int:
    stats: dict[str, Any] = await valkey.info("commandstats")
    return sum(int(stats.get(f"cmdstat_{name}", {}).get("calls", 0)) for name in ("evalsha", "eval"))


async def test_readers_of_one_moment_share_calls(pipelined: Pipelined, valkey: Valkey, full: Board) -> None:
    standings, sheet, other = Standings(pipelined), sheet_of(full), sheet_of(await Board(valkey).define())
    await standings.rank(sheet, ambassador=person(1).bytes)
    before = await calls(valkey)
    found = await asyncio.gather(
        *(standings.rank(sheet, ambassador=person(number).bytes) for number in ROWS),
        standings.rank(sheet, ambassador=person(999).bytes),
        standings.rank(other, ambassador=person(1).bytes),
    )
    assert await calls(valkey) - before == 3, (
        "of one board a first call as soon as there are enough, and one of another"
    )
    for number, (moment, item) in zip(ROWS, found, strict=False):
        place = Place.of(person(number).bytes, item)
        assert (place.place, place.above, place.below) == (READERS - number, READERS - number, number - 1)
        assert (moment.state, moment.total) == ("ready", READERS)
    assert found[-2][1] is None
    assert (found[-1][0].state, found[-1][1]) == ("absent", None)


async def test_each_gets_the_rows_around_them_in_the_size_they_want(pipelined: Pipelined, full: Board) -> None:
    standings, sheet = Standings(pipelined), sheet_of(full, tie="shared")
    asked = [(number, size) for number in (1, 25, 50) for size in (1, 4, 21, 50)]
    found = await asyncio.gather(
        *(standings.around(sheet, size=size, ambassador=person(number).bytes) for number, size in asked)
    )
    for (number, size), (moment, item) in zip(asked, found, strict=True):
        window = Window.of(moment, item)
        assert len(window.members) == size
        assert window.members[window.number].endswith(person(number).bytes)
        assert window.above == window.start, "nobody has the same"


async def test_a_script_that_the_server_has_lost_is_sent_again(
    pipelined: Pipelined, valkey: Valkey, full: Board
) -> None:
    standings, sheet = Standings(pipelined), sheet_of(full)
    await valkey.script_flush()
    found = await asyncio.gather(*(standings.rank(sheet, ambassador=person(number).bytes) for number in ROWS))
    assert [int(item[0]) for _, item in found] == [points for points, _ in ROWS.values()]


async def test_a_row_that_was_written_wrong_is_missing_and_spoils_no_other(
    pipelined: Pipelined, valkey: Valkey, full: Board
) -> None:
    await valkey.hset(f"board:{{{full.id}}}:all:m", person(2).bytes, b"short")
    standings, sheet = Standings(pipelined), sheet_of(full)
    found = await asyncio.gather(*(standings.rank(sheet, ambassador=person(number).bytes) for number in (1, 2, 3)))
    assert [item is None for _, item in found] == [False, True, False]


async def test_who_has_left_harms_nobody_else(pipelined: Pipelined, full: Board) -> None:
    standings, sheet = Standings(pipelined), sheet_of(full)
    leaver = asyncio.create_task(standings.rank(sheet, ambassador=person(1).bytes))
    await asyncio.sleep(0)
    staying = asyncio.create_task(standings.rank(sheet, ambassador=person(2).bytes))
    leaver.cancel()
    _, item = await staying
    assert Place.of(person(2).bytes, item).place == READERS - 2


async def test_everybody_hears_that_valkey_does_not_answer(stage: Stage, valkey: Valkey, full: Board) -> None:
    async with open_pipelined(stage.servers.valkey.url, patience=0.2) as impatient:
        standings, told = Standings(impatient), list[Found | ValkeyError]()
        await valkey.execute_command("CLIENT", "PAUSE", 5000, "WRITE")  # type: ignore[no-untyped-call] # redis has it so
        try:
            for number in ROWS:
                standings.ranks.ask(sheet_of(full), packed(person(number).bytes), told.append)
            async with asyncio.timeout(4):
                while len(told) < READERS:  # noqa: ASYNC110 - the fact is in a callback
                    await asyncio.sleep(0.01)
        finally:
            await valkey.execute_command("CLIENT", "UNPAUSE")  # type: ignore[no-untyped-call] # as above
    assert all(isinstance(one, ValkeyError) for one in told)


async def test_what_cannot_be_read_is_told_too(pipelined: Pipelined, valkey: Valkey, full: Board) -> None:
    await valkey.hset(f"board:{{{full.id}}}:all:v", "sequence", "many")
    standings, told = Standings(pipelined), list[Found | ValkeyError]()
    for number in (1, 2):
        standings.ranks.ask(sheet_of(full), packed(person(number).bytes), told.append)
    await pipelined.ping()
    await pipelined.ping()
    assert [isinstance(one, ValkeyError) for one in told] == [True, True]
