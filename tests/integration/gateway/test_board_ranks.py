"""Ranks: of one person, among friends, on several boards; shared ranks; and who is under a pseudonym."""

import random
from typing import Any
from uuid import uuid4

import httpx
import pytest

from libs.storage.valkey import Valkey
from tests.integration.gateway.boards import Board, person
from tests.integration.gateway.conftest import Gateway


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("urn:timbre:problem:")


async def read(gateway: Gateway, path: str, **query: Any) -> dict[str, Any]:
    answer = await gateway.get(f"/v1/boards{path}", "ambassador", params=query)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def ids(*numbers: int) -> str:
    return ",".join(str(person(number)) for number in numbers)


@pytest.fixture
async def shared(valkey: Valkey) -> Board:
    return await Board(valkey, more={"tie": "shared", "metric": "conversation"}).define()


@pytest.fixture
async def masked(valkey: Valkey) -> Board:
    return await Board(valkey, more={"anonymity": "pseudonym", "salt": "s" * 36}).define()


async def test_shared_ranks_are_one_two_two_four_on_every_page(gateway: Gateway, shared: Board) -> None:
    await shared.write({1: (900, 1), 2: (500, 2), 3: (500, 3), 4: (500, 4), 5: (100, 5)})
    whole = await read(gateway, f"/{shared.id}")
    assert whole["metric"] == "conversation"
    assert [row["rank"] for row in whole["items"]] == [1, 2, 2, 2, 5]
    found: list[int] = []
    cursor: dict[str, str] = {}
    while True:
        page = await read(gateway, f"/{shared.id}", limit=1, **cursor)
        found += [row["rank"] for row in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert found == [1, 2, 2, 2, 5]
    around = await read(gateway, f"/{shared.id}/around/{person(4)}", size=1)
    assert around["items"][0]["rank"] == 2


@pytest.mark.parametrize("tie", ["first", "shared"])
@pytest.mark.parametrize("seed", range(3))
async def test_every_read_gives_a_person_the_same_rank(gateway: Gateway, valkey: Valkey, tie: str, seed: int) -> None:
    chance, board = random.Random(seed), await Board(valkey, more={"tie": tie}).define()
    await board.write({number: (chance.randrange(4) * 100, number + 1) for number in range(20)})
    page = await read(gateway, f"/{board.id}", limit=100)
    wanted = {row["ambassador_id"]: row["rank"] for row in page["items"]}
    for number in range(20):
        who = str(person(number))
        assert (await read(gateway, f"/{board.id}/rank/{who}"))["rank"] == wanted[who]
        around = await read(gateway, f"/{board.id}/around/{who}", size=3)
        assert {row["ambassador_id"]: row["rank"] for row in around["items"]}.items() <= wanted.items()
    among = await read(gateway, f"/{board.id}/among", ids=ids(*range(20)))
    assert {row["ambassador_id"]: row["rank_among"] for row in among["items"]} == wanted


async def test_a_rank_comes_with_a_percentile(gateway: Gateway, board: Board) -> None:
    await board.write({1: (900, 1), 2: (500, 2), 3: (500, 3), 4: (100, 4)})
    found = {number: await read(gateway, f"/{board.id}/rank/{person(number)}") for number in (1, 2, 3, 4)}
    assert [one["rank"] for one in found.values()] == [1, 2, 3, 4]
    assert [one["percentile"] for one in found.values()] == [87.5, 50.0, 50.0, 12.5]
    assert (found[1]["points"], found[1]["total"], found[1]["period"]) == (0.9, 4, "all")


async def test_nobody_has_rank_zero_while_a_board_is_built(gateway: Gateway, valkey: Valkey) -> None:
    board = await Board(valkey).define(whole=False)
    await board.write({1: (500, 1)}, ready=False)
    for path in (f"/rank/{person(1)}", f"/among?ids={person(1)}", ""):
        assert refused(await gateway.get(f"/v1/boards/{board.id}{path}")) == (503, "board-pending")
    assert refused(await gateway.get(f"/v1/boards?ids={board.id}")) == (503, "board-pending")
    await board.define()
    await board.write({1: (500, 1)})
    assert refused(await gateway.get(f"/v1/boards/{board.id}/rank/{person(2)}")) == (404, "not-on-board")


async def test_friends_have_two_ranks_and_who_has_no_row_is_left_out(gateway: Gateway, board: Board) -> None:
    await board.write({number: (number * 100, number) for number in range(1, 11)})
    found = await read(gateway, f"/{board.id}/among", ids=ids(2, 9, 77, 5, 9))
    assert [(row["ambassador_id"], row["rank"], row["rank_among"]) for row in found["items"]] == [
        (str(person(9)), 2, 1),
        (str(person(5)), 6, 2),
        (str(person(2)), 9, 3),
    ]
    assert (await read(gateway, f"/{board.id}/among", ids=ids(77)))["items"] == []


async def test_several_boards_come_in_one_call_in_the_order_asked_for(gateway: Gateway, valkey: Valkey) -> None:
    boards = [await Board(valkey, title=f"Board {n}").define() for n in range(3)]
    for number, board in enumerate(boards):
        await board.write({1: (number * 100, 1), 2: (50, 2)})
    asked = ",".join(str(board.id) for board in reversed(boards))
    found = await read(gateway, "", ids=asked, limit=1)
    assert [one["title"] for one in found["items"]] == ["Board 2", "Board 1", "Board 0"]
    assert [len(one["items"]) for one in found["items"]] == [1, 1, 1]
    first = await gateway.get("/v1/boards", params={"ids": asked})
    again = await gateway.get("/v1/boards", params={"ids": asked}, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304


async def test_one_closed_board_closes_the_call(gateway: Gateway, board: Board, masked: Board) -> None:
    headers = gateway.issuer.headers("ambassador", programmes=[board.programme_id])
    for path in (
        f"?ids={board.id},{masked.id}",
        f"/{masked.id}/rank/{person(1)}",
        f"/{masked.id}/among?ids={person(1)}",
    ):
        answer = await gateway.client.get(f"/v1/boards{path}", headers=headers)
        assert refused(answer) == (404, "board-not-found")
    assert refused(await gateway.get(f"/v1/boards?ids={board.id},{uuid4()}")) == (404, "board-not-found")


@pytest.mark.parametrize(
    "query", ["", "ids=", "ids=me", "ids=" + ",".join(["0" * 32] * 101), "ids=" + "0" * 32 + "&period=x"]
)
async def test_ids_that_are_none_are_named(gateway: Gateway, board: Board, query: str) -> None:
    answer = await gateway.get(f"/v1/boards/{board.id}/among?{query}")
    assert refused(answer) == (422, "invalid-request")
    eleven = ",".join(str(uuid4()) for _ in range(11))
    assert refused(await gateway.get(f"/v1/boards?ids={eleven}")) == (422, "invalid-request")


async def test_under_a_pseudonym_nothing_tells_who_it_is(gateway: Gateway, board: Board, masked: Board) -> None:
    await board.write({1: (900, 1), 2: (500, 2), 3: (100, 3)}, appearances={1: "pseudonym", 2: "name"})
    page = await gateway.get(f"/v1/boards/{board.id}?limit=1")
    row = page.json()["items"][0]
    assert (row["ambassador_id"], row["team"], row["rank"]) == (None, None, 1)
    assert row["name"].split()[1].isdigit()
    assert str(person(1)) not in page.text
    assert person(1).hex not in page.text
    rest = await read(gateway, f"/{board.id}", cursor=page.json()["next"])
    assert [one["ambassador_id"] for one in rest["items"]] == [str(person(2)), str(person(3))]
    among = await read(gateway, f"/{board.id}/among", ids=ids(1, 2))
    assert [one["ambassador_id"] for one in among["items"]] == [str(person(2))]
    await masked.write({1: (900, 1), 2: (500, 2)})
    rows = (await read(gateway, f"/{masked.id}"))["items"]
    assert [one["ambassador_id"] for one in rows] == [None, None]
    assert rows[0]["name"] != rows[1]["name"]
    assert rows == (await read(gateway, f"/{masked.id}"))["items"]


@pytest.mark.parametrize("board_wide", [True, False])
async def test_whose_id_one_knows_one_does_not_find_under_a_pseudonym(
    gateway: Gateway, board: Board, masked: Board, *, board_wide: bool
) -> None:
    used = masked if board_wide else board
    await used.write(
        {1: (900, 1), 2: (500, 2), 3: (100, 3)},
        appearances={} if board_wide else {1: "pseudonym"},
        owners={1: "ann", **({2: "bob"} if board_wide else {})},
    )

    async def asked(path: str, subject: str, *roles: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {gateway.issuer.token(*(roles or ('ambassador',)), sub=subject)}"}
        return await gateway.client.get(f"/v1/boards/{used.id}{path}", headers=headers)

    for read in ("rank", "around"):
        masked_one = await asked(f"/{read}/{person(1)}", "bob")
        nobody = await asked(f"/{read}/{person(77)}", "bob")
        assert refused(masked_one) == refused(nobody) == (404, "not-on-board")
        assert without_id(masked_one) == without_id(nobody)
        assert refused(await asked(f"/{read}/{person(1)}", "bob", "analyst")) == (404, "not-on-board")
        for subject, role in (("ann", "ambassador"), ("boss", "manager"), ("root", "admin")):
            own = await asked(f"/{read}/{person(1)}", subject, role)
            assert own.status_code == 200, own.text
            assert str(person(1)) not in own.text


def without_id(answer: httpx.Response) -> dict[str, Any]:
    return {name: value for name, value in answer.json().items() if name != "request_id"}


async def test_a_board_of_teams_has_rows_of_teams(gateway: Gateway, valkey: Valkey) -> None:
    board = await Board(valkey, more={"subject": "team"}).define()
    await board.write({1: (900, 1), 2: (500, 2)})
    page = await read(gateway, f"/{board.id}")
    assert (page["subject"], [row["team_id"] for row in page["items"]]) == ("team", [str(person(1)), str(person(2))])
    assert [row["ambassador_id"] for row in page["items"]] == [None, None]
    assert (await read(gateway, f"/{board.id}/rank/{person(2)}"))["rank"] == 2
    assert [row["rank_among"] for row in (await read(gateway, f"/{board.id}/among", ids=ids(2)))["items"]] == [1]


async def test_a_board_has_the_kinds_of_periods_that_it_was_given(gateway: Gateway, valkey: Valkey) -> None:
    board = await Board(valkey, more={"periods": "day,month"}).define()
    for period in ("2026-11", "2026-11-18"):
        await board.write({1: (900, 1)}, period=period)
    found = {asked: (await read(gateway, f"/{board.id}", period=asked))["period"] for asked in ("day", "month")}
    assert found == {"day": "2026-11-18", "month": "2026-11"}
    assert (await read(gateway, f"/{board.id}"))["period"] == "2026-11"
    for asked in ("all", "week", "2026-W47", "season", "2026-10", "2026-11-17"):
        answer = await gateway.get(f"/v1/boards/{board.id}", params={"period": asked})
        assert refused(answer) == (404, "period-not-found"), asked
    wrong = await gateway.get(f"/v1/boards/{board.id}", params={"period": "2026-02-30"})
    assert refused(wrong) == (422, "invalid-request")
