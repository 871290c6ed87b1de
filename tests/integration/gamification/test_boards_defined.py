"""Boards as definitions: metrics, teams, and how people choose to appear."""

from typing import Any
from uuid import UUID

import pytest

from libs.clock import new_id
from libs.events.sharing import AmbassadorEnrolled, TeamCreated
from libs.storage.valkey import Valkey
from services.gamification.boards.domain import default_board_id
from services.gamification.boards.keeper import BoardKeeper
from services.gamification.boards.projection import Projection, Score
from tests.support.builders import WEDNESDAY, Programme, act, example_a
from tests.support.eventually import eventually
from tests.support.harness import Caller, Running


@pytest.fixture
def manager(gamification: Running, programme: Programme) -> Caller:
    return gamification.caller("manager", programmes=[programme.id])


@pytest.fixture
def keeper(gamification: Running) -> BoardKeeper:
    found: BoardKeeper = gamification.app.state.keeper
    return found


async def opened(manager: Caller, programme: Programme, **body: Any) -> UUID:
    answer = await manager.post(f"/programmes/{programme.id}/boards", {"title": "A board", **body})
    assert answer.status_code == 201, answer.text
    return UUID(answer.json()["id"])


async def shown(gamification: Running, valkey: Valkey, board: UUID, period: str = "all") -> dict[UUID, int]:
    """What a board shows once it is whole and nothing is under way."""
    await gamification.settled()

    async def whole() -> bool:
        return not await Projection(valkey).missing([board])

    await eventually(whole)
    keeper: BoardKeeper = gamification.app.state.keeper
    await keeper.renew()
    return await Projection(valkey).shown(board, period)


def of_team(programme: Programme, ambassador: UUID, team: UUID) -> AmbassadorEnrolled:
    return programme.enrolled(ambassador).model_copy(update={"team_id": team})


async def a_team(gamification: Running, programme: Programme) -> UUID:
    team = new_id()
    await gamification.hear(TeamCreated(team_id=team, programme_id=programme.id, name="Workshop"))
    await gamification.settled()
    return team


async def test_a_board_is_what_it_was_defined_as(gamification: Running, manager: Caller, programme: Programme) -> None:
    team = await a_team(gamification, programme)
    board = await opened(manager, programme, team_id=str(team), tie="shared", anonymity="pseudonym")
    listed = (await manager.get(f"/programmes/{programme.id}/boards")).json()["items"]
    assert next(one for one in listed if one["id"] == str(board)) == {
        "id": str(board),
        "programme_id": str(programme.id),
        "title": "A board",
        "metric": "points",
        "subject": "ambassador",
        "team_id": str(team),
        "campaign_id": None,
        "cohort_id": None,
        "network": None,
        "periods": ["week", "season", "all"],
        "eligibility": {"min_shares": 0, "enrolled_from": None, "enrolled_until": None, "excluded_team_ids": []},
        "tie": "shared",
        "anonymity": "pseudonym",
    }


async def test_what_cannot_be_a_board_is_refused(gamification: Running, manager: Caller, programme: Programme) -> None:
    where = f"/programmes/{programme.id}/boards"
    unknown = await manager.post(where, {"title": "B", "metric": "followers"})
    assert (unknown.status_code, unknown.json()["type"]) == (422, "urn:timbre:problem:unknown-metric")
    assert "conversation" in unknown.json()["detail"]
    hidden = await manager.post(where, {"title": "B", "anonymity": "hidden"})
    assert (hidden.status_code, hidden.json()["type"]) == (422, "urn:timbre:problem:board-nobody-may-see")
    assert (await manager.post(where, {"title": "B", "tie": "dice"})).status_code == 422
    null = await manager.post(where, {"title": "null \0 byte"})
    assert [error["field"] for error in null.json()["errors"]] == ["title"]
    assert (await manager.post(f"/programmes/{new_id()}/boards", {"title": "B"})).status_code == 403
    nowhere = await gamification.caller("admin").post(f"/programmes/{new_id()}/boards", {"title": "B"})
    assert nowhere.json()["type"] == "urn:timbre:problem:programme-not-found"
    ambassador = gamification.caller("ambassador", programmes=[programme.id])
    assert (await ambassador.post(where, {"title": "B"})).json()["type"] == "urn:timbre:problem:missing-scope"
    assert len((await manager.get(where)).json()["items"]) == 1


async def test_a_programme_has_fifty_boards_at_most(manager: Caller, programme: Programme) -> None:
    for _ in range(49):
        await opened(manager, programme)
    answer = await manager.post(f"/programmes/{programme.id}/boards", {"title": "One more"})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:timbre:problem:too-many-boards")


async def test_a_team_board_shows_the_team_whether_points_or_people_come_first(
    gamification: Running, manager: Caller, programme: Programme, valkey: Any, keeper: BoardKeeper
) -> None:
    team, other_team = await a_team(gamification, programme), await a_team(gamification, programme)
    board = await opened(manager, programme, team_id=str(team))
    early, late, other = new_id(), new_id(), new_id()
    await gamification.hear(of_team(programme, early, team), of_team(programme, other, other_team))
    await gamification.settled()
    for author in (early, late, other):
        await gamification.hear(*example_a(programme, author))
    assert set(await shown(gamification, valkey, board)) == {early}
    await gamification.hear(of_team(programme, late, team))
    assert set(await shown(gamification, valkey, board)) == {early, late}
    assert await keeper.differences() == []


@pytest.mark.parametrize("before", [True, False])
async def test_each_metric_shows_its_own_figure(
    gamification: Running, manager: Caller, programme: Programme, valkey: Any, keeper: BoardKeeper, *, before: bool
) -> None:
    author = new_id()
    wanted = {
        "conversation": 6000,  # three answers
        "reactions_received": 12_000,  # eight reactions, three comments, one reshare
        "originality": (3 * (1000 * 70 // 88) + 10 * 500) // 13,  # three shares, drawn to one half
        "engagement_per_share": (12_000 + 10 * 2000) // 13,
    }
    boards = {metric: await opened(manager, programme, metric=metric) for metric in wanted} if before else {}
    more = [programme.share(author) for _ in range(2)]
    await gamification.hear(*example_a(programme, author), *more)
    await gamification.settled()
    boards = boards or {metric: await opened(manager, programme, metric=metric) for metric in wanted}
    for metric, board in boards.items():
        assert await shown(gamification, valkey, board) == {author: wanted[metric]}, metric
        assert await shown(gamification, valkey, board, "2026-W45") == {author: wanted[metric]}, metric
    assert await keeper.differences() == []


async def test_two_shares_say_nothing_about_a_mean(
    gamification: Running, manager: Caller, programme: Programme, valkey: Any
) -> None:
    board, author = await opened(manager, programme, metric="originality"), new_id()
    await gamification.hear(programme.share(author), programme.share(author))
    assert await shown(gamification, valkey, board) == {}


async def test_a_metric_follows_a_correction_down(
    gamification: Running, manager: Caller, programme: Programme, valkey: Any
) -> None:
    board, author = await opened(manager, programme, metric="reactions_received"), new_id()
    share = programme.share(author)
    await gamification.hear(share, programme.recorded(*(act(share, "reaction", f"r{n}") for n in range(4))))
    assert await shown(gamification, valkey, board) == {author: 4000}


async def joined(gamification: Running, programme: Programme) -> tuple[Caller, UUID]:
    subject, author = f"somebody {new_id()}", new_id()
    key = gamification.parts.person_keys.of_subject(subject)
    await gamification.hear(programme.enrolled(author, subject_key=key), *example_a(programme, author))
    await gamification.settled()
    return gamification.caller("ambassador", programmes=[programme.id], subject=subject), author


async def test_who_hides_is_off_every_board_at_once_and_keeps_the_points(
    gamification: Running, programme: Programme, valkey: Any, keeper: BoardKeeper
) -> None:
    me, author = await joined(gamification, programme)
    board = default_board_id(programme.id)
    assert author in await shown(gamification, valkey, board)
    answer = await me.put(f"/ambassadors/{author}/visibility", {"boards": "hidden"})
    assert (answer.status_code, answer.json()["version"]) == (200, 1)
    for period in ("all", "S001", "2026-W45"):
        assert author not in await Projection(valkey).shown(board, period)
    await gamification.hear(programme.share(author))  # more points, still off
    assert author not in await shown(gamification, valkey, board)
    assert (await me.get(f"/ambassadors/{author}/points")).json()["balances"][0]["points"] > 25
    assert await keeper.differences() == []
    assert (await me.put(f"/ambassadors/{author}/visibility", {"boards": "name"})).json()["version"] == 2
    balance = await gamification.rows(
        "SELECT milli_points FROM balance WHERE ambassador_id = :who AND period = 'all'", who=author
    )
    assert (await Projection(valkey).shown(board, "all"))[author] == balance[0]["milli_points"]
    assert await keeper.differences() == []


async def test_a_flush_does_not_bring_back_who_hides(
    gamification: Running, programme: Programme, valkey: Any, keeper: BoardKeeper
) -> None:
    me, author = await joined(gamification, programme)
    _, other = await joined(gamification, programme)
    await me.put(f"/ambassadors/{author}/visibility", {"boards": "hidden"})
    await valkey.flushall()
    assert set(await shown(gamification, valkey, default_board_id(programme.id))) == {other}
    assert await keeper.differences() == []


async def test_a_late_write_does_not_bring_back_who_hides(valkey: Any) -> None:
    projection, board, who = Projection(valkey), new_id(), new_id()

    def score(sequence: int, appearance: Any, choice: int) -> Score:
        return Score(
            board_id=board,
            period="all",
            row_id=who,
            milli_points=sequence,
            sequence=sequence,
            appearance=appearance,
            choice=choice,
        )

    await projection.apply([score(7, "name", 0)], at=WEDNESDAY)
    await projection.apply([score(7, "hidden", 1)], at=WEDNESDAY)
    await projection.apply([score(9, "name", 0)], at=WEDNESDAY)  # read before the choice, written after it
    assert await projection.shown(board, "all") == {}
    await projection.apply([score(9, "pseudonym", 2)], at=WEDNESDAY)
    await projection.apply([score(9, "hidden", 1)], at=WEDNESDAY)
    assert await projection.shown(board, "all") == {who: 9}


async def test_only_the_person_chooses_how_to_appear(gamification: Running, programme: Programme) -> None:
    _, author = await joined(gamification, programme)
    other, _ = await joined(gamification, programme)
    answer = await other.put(f"/ambassadors/{author}/visibility", {"boards": "hidden"})
    assert answer.json()["type"] == "urn:timbre:problem:not-yours"
    assert (await other.put(f"/ambassadors/{new_id()}/visibility", {"boards": "hidden"})).status_code == 404
    assert (await other.put(f"/ambassadors/{author}/visibility", {"boards": "loud"})).status_code == 422
