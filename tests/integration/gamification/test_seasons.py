"""Seasons close once, after their grace, whatever was missed, and stay as they were frozen."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from deploy.local.servers.nats import NatsServer
from libs.clock import new_id
from libs.events.gamification import SeasonClosed, SeasonPlanned
from libs.storage.valkey import open_valkey
from services.gamification.app import MIGRATIONS, create_app
from services.gamification.boards.domain import default_board_id, definition_key
from services.gamification.seasons.domain import digest_of
from services.gamification.seasons.service import SeasonCloser
from services.gamification.settings import Settings
from tests.support.builders import Programme, act, example_a
from tests.support.clock import MovedClock
from tests.support.harness import Caller, Running, Stage

SPRING = datetime(2026, 3, 4, 10, tzinfo=UTC)
END = datetime(2026, 5, 31, 22, tzinfo=UTC)  # midnight in Paris
GRACE = timedelta(hours=48)


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock(SPRING)


@pytest.fixture
async def running(stage: Stage, broker: NatsServer, clock: MovedClock) -> AsyncIterator[Running]:
    database = await stage.database("gamification", MIGRATIONS)
    settings = stage.settings(
        Settings, database=database, nats=broker.url_of("gamification"), valkey_url=stage.servers.valkey.url
    )
    async with stage.running("gamification", create_app, settings, clock=clock) as found:
        yield found
        await found.settled()  # the next test has another database, in which what is left would be tried in vain


@pytest.fixture
async def programme(running: Running) -> Programme:
    made = Programme(first_day=date(2026, 3, 2))
    await running.hear(made.created())
    await running.settled()
    return made


@pytest.fixture
async def authors(running: Running, programme: Programme) -> list[UUID]:
    """Two who tie, the first of them first, and one with more than both."""
    tied, best = [new_id(), new_id()], new_id()
    for author in tied:
        await running.hear(programme.share(author, at=SPRING))
        await running.settled()
    share = programme.share(best, at=SPRING)
    await running.hear(share, programme.recorded(act(share, "comment", "somebody")))
    await running.settled()
    return [best, *tied]


@pytest.fixture
def reader(running: Running, programme: Programme) -> Caller:
    return running.caller("ambassador", programmes=[programme.id])


def closer_of(running: Running) -> SeasonCloser:
    found: SeasonCloser = running.app.state.closer
    return found


def to(clock: MovedClock, at: datetime) -> None:
    clock.forward(seconds=(at - clock.now()).total_seconds())


async def listed(reader: Caller, programme: Programme) -> dict[str, dict[str, Any]]:
    page = (await reader.get(f"/programmes/{programme.id}/seasons")).json()
    return {one["season"]: one for one in page["items"]}


async def states(reader: Caller, programme: Programme) -> dict[str, str]:
    return {name: one["state"] for name, one in (await listed(reader, programme)).items()}


async def standings(reader: Caller, programme: Programme, **query: Any) -> dict[str, Any]:
    answer = await reader.get(f"/programmes/{programme.id}/seasons/S001/standings", params=query)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_a_season_closes_when_its_grace_is_over_and_not_before(
    running: Running, reader: Caller, programme: Programme, clock: MovedClock, authors: list[UUID]
) -> None:
    to(clock, END + GRACE - timedelta(seconds=1))
    assert await closer_of(running).close_due() == 0
    early = await reader.get(f"/programmes/{programme.id}/seasons/S001/standings")
    assert (early.status_code, early.json()["type"]) == (409, "urn:timbre:problem:season-not-closed")
    assert await states(reader, programme) == {"S002": "open", "S001": "open"}
    clock.forward(seconds=1)
    assert await closer_of(running).close_due() == 2
    assert await states(reader, programme) == {"S002": "open", "S001": "settled"}
    page = await standings(reader, programme)
    items = page["standings"]["items"]
    assert [row["ambassador_id"] for row in items] == [str(author) for author in authors]
    assert [(row["rank"], row["place"], row["shared_rank"]) for row in items] == [(1, 1, 1), (2, 2, 2), (3, 3, 2)]
    assert page["tie"] == "first"
    digest = digest_of((row["place"], UUID(row["ambassador_id"]), round(row["points"] * 1000)) for row in items)
    assert (page["people"], page["digest"]) == (3, digest)


@pytest.mark.usefixtures("authors")
async def test_equals_share_a_rank_where_the_programmes_own_board_says_so_and_the_digest_is_the_same(
    running: Running, reader: Caller, programme: Programme, clock: MovedClock
) -> None:
    shared = "UPDATE board SET tie = 'shared' WHERE programme_id = :id RETURNING 1"
    await running.rows(shared, id=programme.id)
    to(clock, END + GRACE)
    await closer_of(running).close_due()
    page = await standings(reader, programme)
    items = page["standings"]["items"]
    assert (page["tie"], [(row["rank"], row["place"]) for row in items]) == ("shared", [(1, 1), (2, 2), (2, 3)])
    digest = digest_of((row["place"], UUID(row["ambassador_id"]), round(row["points"] * 1000)) for row in items)
    assert page["digest"] == digest


async def test_a_closed_season_is_told_once_however_many_close_it(
    running: Running, programme: Programme, clock: MovedClock, authors: list[UUID]
) -> None:
    to(clock, END + GRACE)
    closers = [SeasonCloser(running.parts.db, clock=clock, grace=GRACE) for _ in range(4)]
    steps = await asyncio.gather(*(closer.close_due() for closer in closers))
    assert sum(steps) == 2
    assert await closer_of(running).close_due() == 0
    told = [event for event in await running.told(SeasonClosed) if event.programme_id == programme.id]
    assert [(event.season, event.people) for event in told] == [("S001", len(authors))]


async def test_what_fell_into_a_downtime_is_caught_up_in_order(
    running: Running, reader: Caller, programme: Programme, clock: MovedClock, authors: list[UUID]
) -> None:
    to(clock, END + 2 * timedelta(weeks=13) + timedelta(days=9))  # three seasons have ended
    await closer_of(running).close_due()
    assert await states(reader, programme) == {
        "S004": "open",
        "S003": "settled",
        "S002": "archived",
        "S001": "archived",
    }
    told = [event.season for event in await running.told(SeasonClosed) if event.programme_id == programme.id]
    assert told == ["S001", "S002", "S003"]
    assert (await standings(reader, programme))["people"] == len(authors)


async def test_a_late_event_within_the_grace_counts_and_a_later_one_does_not_move_what_is_frozen(
    running: Running, reader: Caller, programme: Programme, clock: MovedClock, authors: list[UUID]
) -> None:
    late = new_id()
    to(clock, END + timedelta(hours=1))
    await running.hear(programme.share(late, at=SPRING))
    await running.settled()
    to(clock, END + GRACE)
    await closer_of(running).close_due()
    frozen = await standings(reader, programme)
    assert frozen["people"] == len(authors) + 1
    await running.hear(*(event.model_copy() for event in example_a(programme, authors[2])))
    await running.hear(programme.share(new_id(), at=SPRING))
    await running.settled()
    assert await standings(reader, programme) == frozen


async def test_a_closing_that_fails_leaves_the_season_as_it_was(
    running: Running, reader: Caller, programme: Programme, clock: MovedClock, authors: list[UUID]
) -> None:
    to(clock, END + GRACE)
    occupied = "INSERT INTO season_standing VALUES (:programme, 'S001', 1, :who, 1, 1, 1) RETURNING 1"
    await running.rows(occupied, programme=programme.id, who=new_id())
    with pytest.raises(Exception, match="season_standing_pkey"):
        await closer_of(running).close_due()
    assert (await states(reader, programme))["S001"] == "open"
    await running.rows("DELETE FROM season_standing WHERE programme_id = :one RETURNING 1", one=programme.id)
    assert await closer_of(running).close_due() == 2
    assert (await standings(reader, programme))["people"] == len(authors)


@pytest.mark.usefixtures("authors")
async def test_standings_come_in_pages(
    running: Running, reader: Caller, programme: Programme, clock: MovedClock
) -> None:
    to(clock, END + GRACE)
    await closer_of(running).close_due()
    first = (await standings(reader, programme, limit=2))["standings"]
    second = (await standings(reader, programme, limit=2, cursor=first["next"]))["standings"]
    assert [row["rank"] for row in (*first["items"], *second["items"])] == [1, 2, 3]
    assert second["next"] is None


async def test_seasons_are_for_those_of_the_programme_and_only_those_that_have_begun(
    running: Running, reader: Caller, programme: Programme
) -> None:
    foreign = running.caller("ambassador", programmes=[new_id()])
    for path in ("seasons", "seasons/S001/standings"):
        assert (await foreign.get(f"/programmes/{programme.id}/{path}")).status_code == 403
    unknown = await reader.get(f"/programmes/{programme.id}/seasons/S002/standings")
    assert unknown.json()["type"] == "urn:timbre:problem:season-not-found"
    assert (await reader.get(f"/programmes/{programme.id}/seasons/now/standings")).status_code == 422
    nowhere = await running.caller("admin").get(f"/programmes/{new_id()}/seasons")
    assert nowhere.json()["type"] == "urn:timbre:problem:programme-not-found"


SUMMER = {"title": "The long summer", "first_monday": "2026-06-15", "weeks": 16}


@pytest.fixture
def manager(running: Running, programme: Programme) -> Caller:
    return running.caller("manager", programmes=[programme.id])


async def planned(manager: Caller, programme: Programme, **more: Any) -> Any:
    return await manager.post(f"/programmes/{programme.id}/seasons", {**SUMMER, **more})


async def test_a_planned_season_has_its_title_and_place_and_the_others_follow_from_it(
    running: Running, reader: Caller, manager: Caller, programme: Programme, clock: MovedClock
) -> None:
    made = await planned(manager, programme)
    assert made.status_code == 201, made.text
    assert {name: made.json()[name] for name in ("season", "title", "first_day", "weeks", "state")} == {
        "season": "S003",
        "title": "The long summer",
        "first_day": "2026-06-15",
        "weeks": 16,
        "state": "upcoming",
    }
    early = await reader.get(f"/programmes/{programme.id}/seasons/S003/standings")
    assert early.json()["type"] == "urn:timbre:problem:season-not-found"
    to(clock, datetime(2026, 10, 6, tzinfo=UTC))  # the Tuesday after its last week
    who = new_id()
    for day in (date(2026, 6, 10), date(2026, 6, 17), date(2026, 10, 3), date(2026, 10, 5)):
        await running.hear(programme.share(who, at=datetime(day.year, day.month, day.day, 10, tzinfo=UTC)))
    await running.settled()
    booked = await running.rows(
        "SELECT season, count(*) AS n FROM entry WHERE ambassador_id = :who GROUP BY 1", who=who
    )
    assert {row["season"]: row["n"] for row in booked} == {"S002": 1, "S003": 2, "S004": 1}
    found = await listed(reader, programme)
    assert {name: (one["first_day"], one["weeks"], one["title"]) for name, one in found.items()} == {
        "S001": ("2026-03-02", 13, None),
        "S002": ("2026-06-01", 2, None),
        "S003": ("2026-06-15", 16, "The long summer"),
        "S004": ("2026-10-05", 13, None),
    }
    await closer_of(running).close_due()
    assert await states(reader, programme) == {"S001": "archived", "S002": "settled", "S003": "open", "S004": "open"}
    clock.forward(days=2)
    await closer_of(running).close_due()
    assert await states(reader, programme) == {
        "S001": "archived",
        "S002": "archived",
        "S003": "settled",
        "S004": "open",
    }


async def test_boards_know_the_planned_seasons(
    running: Running, stage: Stage, manager: Caller, programme: Programme
) -> None:
    board = definition_key(default_board_id(programme.id))
    async with open_valkey(stage.servers.valkey.url) as client:
        valkey: Any = client  # the commands of redis are typed for both kinds of client

        async def seasons() -> bytes:
            found: bytes = await valkey.hget(board, "seasons") or b""
            return found

        assert await seasons() == b""
        await planned(manager, programme)
        await planned(manager, programme, first_monday="2026-11-02", weeks=1)
        await running.settled()
        assert await seasons() == b"2026-06-15+16,2026-11-02+1"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"first_monday": "2026-06-16"}, "first_monday"),
        ({"first_monday": "2026-03-02"}, "first_monday"),
        ({"first_monday": "2026-05-25"}, "first_monday"),
        ({"first_monday": "2026-10-26", "weeks": 2}, "first_monday"),
        ({"first_monday": "2026-10-19", "weeks": 2}, "weeks"),
        ({"first_monday": "9999-12-27"}, "first_monday"),
        ({"first_monday": "soon"}, "first_monday"),
        ({"weeks": 0}, "weeks"),
        ({"weeks": 54}, "weeks"),
        ({"title": ""}, "title"),
        ({"title": "a\nb"}, "title"),
    ],
)
async def test_a_season_that_overlaps_or_has_begun_is_refused_and_its_field_named(
    running: Running, manager: Caller, programme: Programme, changes: dict[str, Any], field: str
) -> None:
    assert (await planned(manager, programme, first_monday="2026-10-26", weeks=4)).status_code == 201
    answer = await planned(manager, programme, **changes)
    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    rows = await running.rows("SELECT first_monday FROM planned_season WHERE programme_id = :id", id=programme.id)
    assert [row["first_monday"] for row in rows] == [date(2026, 10, 26)]


async def test_weeks_in_which_points_are_booked_keep_their_season(
    running: Running, manager: Caller, programme: Programme
) -> None:
    await running.hear(programme.share(new_id(), at=datetime(2026, 6, 24, 10, tzinfo=UTC)))
    await running.settled()
    answer = await planned(manager, programme)
    assert answer.json()["errors"] == [
        {"field": "first_monday", "reason": "points are booked in week 2026-W26 already"}
    ]
    assert (await planned(manager, programme, first_monday="2026-06-29")).status_code == 201


async def test_planning_is_for_managers_of_the_programme_and_told_once(
    running: Running, reader: Caller, manager: Caller, programme: Programme
) -> None:
    assert (await planned(reader, programme)).json()["type"] == "urn:timbre:problem:missing-scope"
    foreign = running.caller("manager", programmes=[new_id()])
    assert (await planned(foreign, programme)).status_code == 403
    keyed = {"headers": {"Idempotency-Key": "summer"}}
    one, two = [await manager.post(f"/programmes/{programme.id}/seasons", SUMMER, **keyed) for _ in range(2)]
    assert (one.status_code, one.json()) == (201, two.json())
    told = [event for event in await running.told(SeasonPlanned) if event.programme_id == programme.id]
    assert [(event.title, event.weeks) for event in told] == [("The long summer", 16)]
