"""A board that is followed: a whole page, then what changes on it, to whoever may read the board."""

import random
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from deploy.local.servers.nats import NatsServer
from libs.bus.connection import Connection, open_connection
from libs.storage.valkey import Valkey
from tests.integration.gateway.boards import Board, person
from tests.integration.gateway.conftest import Gateway, Run
from tests.integration.gateway.live import NEVER, follow, has, numbers, read, tell

WEEK = "2026-W47"  # of the test's clock


@pytest.fixture(scope="module")
async def gateway(run: Run) -> AsyncIterator[Gateway]:
    """A gateway to which only hints bring news."""
    async with run(live_check_seconds=NEVER, live_per_person=100) as running:
        yield running


async def test_first_comes_the_page_as_it_is_read(gateway: Gateway, board: Board) -> None:
    await board.write({1: (900, 1), 2: (500, 2), 3: (100, 3)}, sequence=7)
    async with follow(gateway, board, limit=2) as listener:
        assert listener.status == 200
        assert listener.headers["content-type"] == "text/event-stream"
        assert listener.headers["cache-control"] == "no-store"
        assert listener.headers["x-accel-buffering"] == "no"
        assert "x-request-id" in listener.headers
        event = await listener.event()
        assert event.kind == "snapshot"
        assert event.data == await read(gateway, board, limit=2)
        assert 1000 <= listener.retries[0] <= 5000


async def test_a_hint_brings_what_changed_and_nothing_else(gateway: Gateway, board: Board, broker: NatsServer) -> None:
    await board.write({1: (900, 1), 2: (500, 2), 3: (100, 3)}, sequence=1)
    async with follow(gateway, board) as listener:
        await listener.event()
        await board.write({1: (900, 1), 3: (700, 4), 2: (500, 2)}, sequence=4)
        await tell(broker, board)
        event = await listener.event()
        assert event.kind == "change"
        assert event.data == {
            "head": {"sequence": 4},
            "size": 3,
            "rows": [{"at": 1, "was": 2, "rank": 2, "points": 0.7}, {"at": 2, "was": 1, "rank": 3}],
            "left": [],
        }
        assert listener.page == await read(gateway, board)


@pytest.mark.parametrize("tie", ["first", "shared"])
async def test_whatever_happens_the_listener_holds_the_page_of_that_moment(
    gateway: Gateway, valkey: Valkey, broker: NatsServer, tie: str
) -> None:
    chance = random.Random(tie)
    board = await Board(valkey, more={"tie": tie}).define()
    await board.write({1: (500, 1)})
    async with follow(gateway, board, limit=5) as listener:
        await listener.event()
        for sequence in range(2, 25):
            people = chance.sample(range(9), chance.randrange(9))
            standings = {who: (chance.randrange(4) * 500, sequence * 10 + who) for who in people}
            hidden = {who: "pseudonym" for who in people if chance.random() < 0.3}
            await board.write(standings, sequence=sequence, appearances=hidden)
            await tell(broker, board)
            await listener.until(has(sequence))
            assert listener.page == await read(gateway, board, limit=5)
    assert set(listener.kinds[1:]) == {"change"}


async def test_a_hint_without_a_change_brings_no_event(gateway: Gateway, board: Board, broker: NatsServer) -> None:
    async with follow(gateway, board) as listener:
        await listener.event()
        await tell(broker, board)
        await tell(broker, board, None)
        await board.write({1: (600, 1)}, sequence=2)
        await tell(broker, board)
        event = await listener.event()
        assert (event.data["head"], listener.kinds) == ({"sequence": 2}, ["snapshot", "change"])


async def test_a_period_moves_by_itself(gateway: Gateway, board: Board, broker: NatsServer) -> None:
    await board.write({1: (20, 1)}, period=WEEK)
    async with follow(gateway, board, period="week") as week, follow(gateway, board) as whole:
        assert (await week.event()).data["period"] == WEEK
        assert (await whole.event()).data["period"] == "all"
        await board.write({1: (600, 1)}, sequence=2)
        await board.write({1: (70, 1)}, period=WEEK, sequence=2)
        await tell(broker, board, WEEK)
        assert (await week.event()).data["rows"] == [{"at": 0, "was": 0, "points": 0.07}]
        await tell(broker, board, "all")
        assert (await whole.event()).data["rows"] == [{"at": 0, "was": 0, "points": 0.6}]


async def test_a_week_that_is_over_ends_the_stream(run: Run, board: Board) -> None:
    await board.write({1: (20, 1)}, period=WEEK)
    async with (
        run(live_check_seconds=0.1) as gateway,
        follow(gateway, board, period="week") as follows,
        follow(gateway, board, period=WEEK) as stays,
    ):
        await follows.event()
        await stays.event()
        gateway.clock.forward(days=7)
        await follows.end()
        assert len(follows.retries) == 2
        async with follow(gateway, board, period="week", after=follows) as again:
            assert (await again.event()).data["period"] == "2026-W48"
        await board.write({1: (70, 1)}, period=WEEK, sequence=2)
        assert (await stays.event()).kind == "change"


async def test_who_hides_is_off_at_once_and_who_takes_a_pseudonym_has_no_id(
    gateway: Gateway, board: Board, broker: NatsServer
) -> None:
    standings = {1: (900, 1), 2: (500, 2), 3: (100, 3)}
    await board.write(standings, sequence=1)
    async with follow(gateway, board) as listener:
        await listener.event()
        await board.write({1: (900, 1), 3: (100, 3)}, sequence=1, version=2)
        await tell(broker, board)
        event = await listener.event()
        assert (event.data["left"], numbers(listener.page)) == ([1], [1, 3])
        assert str(person(2)) not in str(listener.page)
        await board.write({1: (900, 1), 3: (100, 3)}, sequence=1, version=3, appearances={1: "pseudonym"})
        await tell(broker, board)
        await listener.event()
        assert listener.page == await read(gateway, board)
        assert listener.page["items"][0]["ambassador_id"] is None
        assert str(person(1)) not in str(listener.page)


@pytest.fixture
async def profiles(broker: NatsServer, gateway: Gateway) -> AsyncIterator[Connection]:
    assert gateway.url
    async with open_connection(broker.url, name="operator") as connection:
        yield connection


async def test_a_name_that_is_given_changed_or_erased_is_told(
    gateway: Gateway, board: Board, profiles: Connection
) -> None:
    async with follow(gateway, board) as listener:
        await listener.event()
        await profiles.request(f"$KV.profiles.{person(1)}", b'{"name": "Ada"}')
        await listener.until(lambda page: page["items"][0]["name"] == "Ada")
        bucket = await profiles.client.jetstream().key_value("profiles")
        await bucket.purge(str(person(1)))
        await listener.until(lambda page: page["items"][0]["name"] is None)
        assert set(listener.kinds[1:]) == {"change"}


async def test_a_team_is_called_as_its_people_say(gateway: Gateway, valkey: Valkey, profiles: Connection) -> None:
    board = await Board(valkey, more={"subject": "team"}).define()
    await board.write({7: (500, 1)})
    async with follow(gateway, board) as listener:
        assert (await listener.event()).data["items"][0]["name"] is None
        profile = b'{"name": "Grace", "team": "Workshop", "team_id": "%s"}' % str(person(7)).encode()
        await profiles.request(f"$KV.profiles.{person(8)}", profile)
        await listener.until(lambda page: page["items"][0]["name"] == "Workshop")


async def test_only_who_may_read_a_board_may_follow_it(gateway: Gateway, board: Board, valkey: Valkey) -> None:
    foreign = gateway.issuer.token("ambassador", programmes=[uuid4()])
    nobody = gateway.issuer.token()
    unknown, pending = Board(valkey), await Board(valkey).define(whole=False)
    for refused, status, slug in (
        (follow(gateway, board, token=foreign), 404, "board-not-found"),
        (follow(gateway, board, token=nobody), 403, "missing-scope"),
        (follow(gateway, board, token=f"{nobody}x"), 401, "invalid-token"),
        (follow(gateway, board, limit=101), 422, "invalid-request"),
        (follow(gateway, board, period="2026-W01"), 404, "period-not-found"),
        (follow(gateway, unknown), 404, "board-not-found"),
        (follow(gateway, pending), 503, "board-pending"),
    ):
        async with refused as listener:
            assert (listener.status, await listener.problem()) == (status, slug)


async def test_a_token_in_the_query_is_no_token(gateway: Gateway, board: Board) -> None:
    path = f"/v1/boards/{board.id}/live"
    for name in ("token", "access_token", "authorization"):
        answer = await gateway.client.get(path, params={name: gateway.issuer.token("ambassador")})
        assert answer.status_code == 401


async def test_an_empty_period_is_followed_from_its_first_points(
    gateway: Gateway, valkey: Valkey, broker: NatsServer
) -> None:
    board = await Board(valkey).define()
    async with follow(gateway, board) as listener:
        assert (await listener.event()).data["items"] == []
        await board.write({1: (500, 1)}, sequence=5)
        await tell(broker, board)
        assert numbers(await listener.until(has(5))) == [1]


async def test_the_document_describes_the_stream(gateway: Gateway) -> None:
    document = (await gateway.client.get("/openapi.json")).json()
    operation = document["paths"]["/v1/boards/{board_id}/live"]["get"]
    named = [(parameter["in"], parameter["name"]) for parameter in operation["parameters"]]
    assert named == [("path", "board_id"), ("query", "period"), ("query", "limit"), ("header", "Last-Event-ID")]
    assert list(operation["responses"]["200"]["content"]) == ["text/event-stream"]
    assert {"200", "401", "403", "404", "422", "429", "431", "503"} == set(operation["responses"])
    assert "ChangeOut" in document["components"]["schemas"]
