"""Boards read from Valkey: order, windows, pages, and never an answer that is not known to be right."""

import random
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from libs.storage.valkey import Valkey
from tests.integration.gateway.boards import AT, Board, person
from tests.integration.gateway.conftest import Gateway, Run
from tests.integration.gateway.serving import free_address

WEEK = "2026-W47"  # of the test's clock
SEASON = "S001"


@pytest.fixture
async def board(valkey: Valkey) -> Board:
    """A board without a row."""
    return await Board(valkey).define()


async def read(gateway: Gateway, path: str, **query: Any) -> dict[str, Any]:
    answer = await gateway.get(f"/v1/boards/{path}", "ambassador", params=query)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def refused(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["type"].removeprefix("urn:timbre:problem:")


def numbers(found: dict[str, Any]) -> list[int]:
    """Who is in the rows, by the numbers that the test gave them."""
    return [UUID(row["ambassador_id"]).int & 0xFFFFFFFF for row in found["items"]]


def ordered(standings: dict[int, tuple[int, int]]) -> list[int]:
    """More points first, then whoever had them earlier: the rule, written a second time."""
    return sorted(standings, key=lambda number: (-standings[number][0], standings[number][1]))


def tied(count: int, seed: int) -> dict[int, tuple[int, int]]:
    """Many ambassadors with few different scores."""
    chance = random.Random(seed)
    arrivals = chance.sample(range(1, 2**40), count)
    return {number: (chance.randrange(6) * 500, arrivals[number]) for number in range(count)}


async def test_a_page_tells_everything_about_its_rows(gateway: Gateway, board: Board) -> None:
    await board.write({1: (12_345, 7), 2: (12_000, 3)}, sequence=9)
    nameless: dict[str, Any] = {"team_id": None, "name": None, "team": None}
    assert await read(gateway, str(board.id)) == {
        "board_id": str(board.id),
        "programme_id": str(board.programme_id),
        "title": "Voices",
        "metric": "points",
        "subject": "ambassador",
        "period": "all",
        "as_of": AT.replace("+00:00", "Z"),
        "sequence": 9,
        "total": 2,
        "items": [
            {"rank": 1, "ambassador_id": str(person(1)), **nameless, "points": 12.345},
            {"rank": 2, "ambassador_id": str(person(2)), **nameless, "points": 12.0},
        ],
        "next": None,
    }


async def test_equal_points_rank_by_who_had_them_first(gateway: Gateway, board: Board) -> None:
    await board.write({1: (500, 2**63), 2: (500, 255), 3: (500, 256), 4: (900, 2**64 - 1), 5: (500, 1)})
    assert numbers(await read(gateway, str(board.id))) == [4, 5, 2, 3, 1]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("limit", [1, 7, 100])
async def test_pages_join_to_the_whole_order(gateway: Gateway, board: Board, seed: int, limit: int) -> None:
    standings = tied(60, seed)
    await board.write(standings)
    found: list[int] = []
    ranks: list[int] = []
    cursor: dict[str, str] = {}
    while True:
        page = await read(gateway, str(board.id), limit=limit, **cursor)
        found += numbers(page)
        ranks += [row["rank"] for row in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert found == ordered(standings)
    assert ranks == list(range(1, 61))


async def test_a_page_goes_on_after_a_row_that_has_gone(gateway: Gateway, board: Board) -> None:
    standings = tied(40, seed=8)
    order = ordered(standings)
    await board.write(standings)
    first = await read(gateway, str(board.id), limit=15)
    gone = dict(standings)
    gone[order[14]] = (1_000_000, standings[order[14]][1])  # the row that the cursor names is now the first
    await board.write(gone, sequence=2)
    second = await read(gateway, str(board.id), limit=10, cursor=first["next"])
    assert numbers(second) == order[15:25]
    assert [row["rank"] for row in second["items"]] == list(range(16, 26))


@pytest.mark.parametrize("size", [1, 2, 5, 21, 50])
async def test_around_has_its_size_at_both_ends(gateway: Gateway, board: Board, size: int) -> None:
    standings = tied(30, seed=size)
    order = ordered(standings)
    await board.write(standings)
    for place in (0, 1, 9, 15, 28, 29):
        found = await read(gateway, f"{board.id}/around/{person(order[place])}", size=size)
        start = max(0, min(place - size // 2, 30 - size))
        assert numbers(found) == order[start : start + size]
        assert found["items"][0]["rank"] == start + 1
        assert order[place] in numbers(found)


async def test_the_rows_around_somebody_have_a_next_page(gateway: Gateway, board: Board) -> None:
    standings = tied(30, seed=1)
    order = ordered(standings)
    await board.write(standings)
    around = await read(gateway, f"{board.id}/around/{person(order[10])}", size=5)
    after = await read(gateway, str(board.id), cursor=around["next"], limit=3)
    assert numbers(after) == order[13:16]


async def test_somebody_without_a_row_is_not_on_the_board(gateway: Gateway, board: Board) -> None:
    await board.write({1: (500, 1)})
    answer = await gateway.get(f"/v1/boards/{board.id}/around/{person(2)}")
    assert refused(answer) == (404, "not-on-board")
    answer = await gateway.get(f"/v1/boards/{board.id}/around/{person(1)}?period=week")
    assert refused(answer) == (404, "not-on-board")


async def test_week_and_season_are_those_of_today(gateway: Gateway, board: Board) -> None:
    await board.write({1: (100, 1)})
    await board.write({1: (20, 1)}, period=WEEK)
    await board.write({1: (70, 1)}, period=SEASON)
    found = {period: await read(gateway, str(board.id), period=period) for period in ("week", "season", "all")}
    assert {period: page["period"] for period, page in found.items()} == {
        "week": WEEK,
        "season": SEASON,
        "all": "all",
    }
    assert [page["items"][0]["points"] for page in found.values()] == [0.02, 0.07, 0.1]
    assert (await read(gateway, str(board.id), period=WEEK))["items"] == found["week"]["items"]


async def test_a_board_that_is_being_built_is_pending(gateway: Gateway, valkey: Valkey) -> None:
    board = await Board(valkey).define(whole=False)
    address = f"/v1/boards/{board.id}"
    for period in ("all", "week", "2026-W01"):
        answer = await gateway.get(address, params={"period": period})
        assert refused(answer) == (503, "board-pending")
        assert answer.headers["retry-after"] == "1"
    await board.write({1: (500, 1)}, ready=False)
    assert refused(await gateway.get(address)) == (503, "board-pending")
    assert refused(await gateway.get(f"{address}/around/{person(1)}")) == (503, "board-pending")
    await board.define()
    assert refused(await gateway.get(address)) == (503, "board-pending")
    await board.write({1: (500, 1)})
    assert (await gateway.get(address)).status_code == 200


async def test_a_current_period_without_points_is_empty_and_another_unknown(gateway: Gateway, board: Board) -> None:
    for period, name in (("all", "all"), ("week", WEEK), (SEASON, SEASON)):
        empty = await read(gateway, str(board.id), period=period)
        assert (empty["period"], empty["total"], empty["items"], empty["next"]) == (name, 0, [], None)
        assert (empty["sequence"], empty["as_of"]) == (0, None)
    for period in ("2026-W01", "2026-W52", "S002"):
        answer = await gateway.get(f"/v1/boards/{board.id}", params={"period": period})
        assert refused(answer) == (404, "period-not-found")


async def test_an_unknown_board_is_known_to_be_unknown_only_when_all_are_defined(
    gateway: Gateway, board: Board
) -> None:
    assert refused(await gateway.get(f"/v1/boards/{uuid4()}")) == (404, "board-not-found")
    await board.write({1: (500, 1)})
    await board.valkey.flushall()
    answer = await gateway.get(f"/v1/boards/{board.id}")
    assert (refused(answer), answer.headers["retry-after"]) == ((503, "board-pending"), "1")
    await board.define()
    await board.write({1: (500, 1)})
    assert numbers(await read(gateway, str(board.id))) == [1]


async def test_scripts_that_the_server_has_lost_are_sent_again(gateway: Gateway, board: Board) -> None:
    await board.write({1: (500, 1)})
    await board.valkey.script_flush()
    assert numbers(await read(gateway, str(board.id))) == [1]
    await board.valkey.script_flush()
    assert numbers(await read(gateway, f"{board.id}/around/{person(1)}")) == [1]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=many", "limit"),
        ("period=2026-W54", "period"),
        ("period=today", "period"),
        ("period=all:z", "period"),
        ("cursor=%21", None),
        ("cursor=WyJhbGwiLDEsIngiXQ", None),
    ],
)
async def test_what_is_not_valid_is_named(gateway: Gateway, board: Board, query: str, field: str | None) -> None:
    await board.write({1: (500, 1)})
    answer = await gateway.get(f"/v1/boards/{board.id}?{query}")
    assert refused(answer) == ((422, "invalid-request") if field else (422, "invalid-cursor"))
    assert [error["field"] for error in answer.json()["errors"]] == ([field] if field else [])


async def test_a_cursor_belongs_to_its_period(gateway: Gateway, board: Board) -> None:
    await board.write({1: (500, 1), 2: (400, 2)})
    await board.write({1: (500, 1), 2: (400, 2)}, period=WEEK)
    page = await read(gateway, str(board.id), limit=1)
    answer = await gateway.get(f"/v1/boards/{board.id}", params={"period": "week", "cursor": page["next"]})
    assert refused(answer) == (422, "invalid-cursor")


async def test_who_has_the_rows_is_told_so_until_they_change(gateway: Gateway, board: Board) -> None:
    await board.write({1: (500, 1)}, sequence=1)
    address = f"/v1/boards/{board.id}"
    first = await gateway.get(address)
    etag = first.headers["etag"]
    assert etag.startswith('"')
    assert first.headers["cache-control"] == "private, no-cache"
    for seen in (etag, f'"other", W/{etag}', "*"):
        again = await gateway.get(address, headers={"If-None-Match": seen})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    await board.write({1: (600, 1)}, sequence=2)
    changed = await gateway.get(address, headers={"If-None-Match": etag})
    assert (changed.status_code, changed.json()["items"][0]["points"]) == (200, 0.6)
    assert changed.headers["etag"] != etag
    await board.write({1: (600, 1), 2: (100, 2)}, sequence=2, version=2)  # an earlier entry, applied later
    late = await gateway.get(address, headers={"If-None-Match": changed.headers["etag"]})
    assert (late.status_code, late.json()["total"]) == (200, 2)
    around = f"{address}/around/{person(1)}"
    seen = (await gateway.get(around)).headers["etag"]
    assert (await gateway.get(around, headers={"If-None-Match": seen})).status_code == 304


async def test_a_board_of_another_programme_stays_closed(gateway: Gateway, board: Board) -> None:
    await board.write({1: (500, 1)})
    for path in (f"/v1/boards/{board.id}", f"/v1/boards/{board.id}/around/{person(1)}"):
        foreign = gateway.issuer.headers("ambassador", programmes=[uuid4()])
        assert refused(await gateway.client.get(path, headers=foreign)) == (404, "board-not-found")
        own = gateway.issuer.headers("ambassador", programmes=[board.programme_id])
        assert (await gateway.client.get(path, headers=own)).status_code == 200


async def test_boards_are_there_when_every_service_is_down(run: Run, board: Board) -> None:
    await board.write({1: (500, 1)})
    down = {f"{name}_url": free_address() for name in ("content", "sharing", "engagement", "gamification")}
    async with run(**down) as gateway:
        assert numbers(await read(gateway, str(board.id))) == [1]
        assert (await gateway.client.get("/readyz")).status_code == 200


async def test_without_valkey_boards_answer_503_and_routes_go_on(run: Run) -> None:
    async with run(valkey_url=free_address().replace("http", "redis")) as gateway:
        answer = await gateway.get(f"/v1/boards/{uuid4()}")
        assert (refused(answer), answer.headers["retry-after"]) == ((503, "boards-unavailable"), "1")
        assert (await gateway.get("/v1/me", "ambassador")).status_code == 200
        ready = await gateway.client.get("/readyz")
        assert (ready.status_code, "valkey" in ready.json()["detail"]) == (503, True)
