"""Boards by day and month, by campaign, network and cohort, of teams, by counters, and for some only."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from libs.clock import new_id
from libs.events.content import CampaignCreated, ProposalApproved
from libs.events.sharing import CohortFormed, SharePublished, TeamCreated
from libs.periods import month_of_week, week_of
from libs.storage.valkey import Valkey
from services.gamification.boards.keeper import BoardKeeper
from services.gamification.boards.projection import Projection
from tests.support.builders import WEDNESDAY, Programme, act, answer
from tests.support.eventually import eventually
from tests.support.harness import Caller, Running

PARIS = ZoneInfo("Europe/Paris")
SHARE = 1998  # what a share of one's own words is worth that draws nothing


def midday(days_ago: int) -> datetime:
    """An hour of a local day at which it is the same day everywhere."""
    return (datetime.now(PARIS) - timedelta(days=days_ago)).replace(hour=12).astimezone(UTC)


@pytest.fixture
def manager(gamification: Running, programme: Programme) -> Caller:
    return gamification.caller("manager", programmes=[programme.id])


@pytest.fixture
async def keeper(gamification: Running) -> AsyncIterator[BoardKeeper]:
    found: BoardKeeper = gamification.app.state.keeper
    yield found
    assert await found.differences() == []  # after each of these tests


async def opened(manager: Caller, programme: Programme, **body: Any) -> UUID:
    answered = await manager.post(f"/programmes/{programme.id}/boards", {"title": "A board", **body})
    assert answered.status_code == 201, answered.text
    return UUID(answered.json()["id"])


async def shown(
    gamification: Running, keeper: BoardKeeper, valkey: Valkey, board: UUID, period: str = "all"
) -> dict[UUID, int]:
    await gamification.settled()

    async def whole() -> bool:
        return not await Projection(valkey).missing([board])

    await eventually(whole)
    await keeper.renew()
    return await Projection(valkey).shown(board, period)


def joins(programme: Programme, who: UUID, team: UUID, on: date = date(2026, 9, 7)) -> Any:
    return programme.enrolled(who).model_copy(update={"team_id": team, "enrolled_on": on})


def worth(share: SharePublished, programme: Programme, outsiders: int) -> list[Any]:
    """A share with so many commenters from outside, so that shares differ in points."""
    found: list[Any] = [share]
    return [*found, programme.recorded(*(act(share, "comment", f"c{n}") for n in range(outsiders)))]


@pytest.mark.parametrize("before", [True, False])
async def test_a_day_holds_the_shares_published_on_it(
    gamification: Running, manager: Caller, programme: Programme, valkey: Any, keeper: BoardKeeper, *, before: bool
) -> None:
    asked: dict[str, Any] = {"periods": ["day", "month"]}
    board = await opened(manager, programme, **asked) if before else None
    author, today, earlier = new_id(), midday(0), midday(1)
    share = programme.share(author, at=today)
    await gamification.hear(share, programme.share(author, at=earlier))
    people = [act(share, "comment", f"c{n}", hours=0) for n in range(3)]
    await gamification.hear(
        programme.recorded(*people), programme.recorded(*(answer(share, f"c{n}") for n in range(3)))
    )
    await gamification.settled()
    board = board or await opened(manager, programme, **asked)
    lines = await gamification.rows("SELECT kind, share_id, milli_points FROM line WHERE ambassador_id = :w", w=author)
    of_share = {row["share_id"]: row["milli_points"] for row in lines if row["kind"] == "share"}
    assert await shown(gamification, keeper, valkey, board, f"{today:%Y-%m-%d}") == {author: of_share[share.share_id]}
    assert await shown(gamification, keeper, valkey, board, f"{earlier:%Y-%m-%d}") == {author: SHARE}
    months = {month_of_week(week_of(at.astimezone(PARIS).date())) for at in (today, earlier)}
    held = [await shown(gamification, keeper, valkey, board, month) for month in months]
    assert sum(one[author] for one in held) == sum(row["milli_points"] for row in lines)  # answers count here
    assert await shown(gamification, keeper, valkey, board, "all") == {}


async def test_the_keys_of_a_day_expire_and_those_of_a_month_stay(
    gamification: Running, manager: Caller, programme: Programme, valkey: Any, keeper: BoardKeeper
) -> None:
    board, author = await opened(manager, programme, periods=["day", "month"]), new_id()
    today, gone = midday(0), midday(40)
    await gamification.hear(programme.share(author, at=today), programme.share(author, at=gone))
    assert await shown(gamification, keeper, valkey, board, f"{today:%Y-%m-%d}") == {author: SHARE}
    assert await shown(gamification, keeper, valkey, board, f"{gone:%Y-%m-%d}") == {}
    day = f"board:{{{board}}}:{today:%Y-%m-%d}"
    assert all([0 < await valkey.ttl(f"{day}:{part}") <= 37 * 86_400 for part in "zmv"])
    assert await valkey.ttl(f"board:{{{board}}}:{month_of_week(week_of(today.astimezone(PARIS).date()))}:z") == -1


async def test_a_campaign_and_a_network_hold_their_own_shares(
    gamification: Running, manager: Caller, programme: Programme, valkey: Any, keeper: BoardKeeper
) -> None:
    campaign, author = new_id(), new_id()
    await gamification.hear(opened_campaign(programme, campaign))
    await gamification.settled()
    of_campaign = await opened(manager, programme, campaign_id=str(campaign))
    on_x = await opened(manager, programme, network="x", metric="reactions_received")
    inside = programme.share(author).model_copy(update={"campaign_id": campaign})
    outside = programme.share(author, network="x", at=WEDNESDAY + timedelta(days=1))
    await gamification.hear(
        inside, outside, programme.recorded(act(outside, "reaction", "p"), act(outside, "comment", "q"))
    )
    assert await shown(gamification, keeper, valkey, of_campaign) == {author: SHARE}
    assert await shown(gamification, keeper, valkey, on_x) == {author: 2000}
    assert await shown(gamification, keeper, valkey, on_x, "2026-W45") == {author: 2000}


def opened_campaign(programme: Programme, campaign: UUID) -> CampaignCreated:
    return CampaignCreated(
        campaign_id=campaign,
        programme_id=programme.id,
        name="Open day",
        objective="employer_brand",
        kpi="comments",
        target=9,
        starts_on=date(2026, 9, 7),
        ends_on=date(2026, 12, 7),
    )


def cohort(programme: Programme, cohort_id: UUID, version: int, *people: UUID) -> CohortFormed:
    return CohortFormed(
        cohort_id=cohort_id, programme_id=programme.id, name="Autumn", ambassador_ids=people, version=version
    )


async def test_a_cohort_is_whom_its_latest_version_names(
    gamification: Running, manager: Caller, programme: Programme, valkey: Any, keeper: BoardKeeper
) -> None:
    autumn, (ann, bob, cid) = new_id(), (new_id() for _ in range(3))
    await gamification.hear(cohort(programme, autumn, 1, ann, bob), *(programme.share(one) for one in (ann, bob, cid)))
    await gamification.settled()
    board = await opened(manager, programme, cohort_id=str(autumn))
    assert set(await shown(gamification, keeper, valkey, board)) == {ann, bob}
    await gamification.hear(cohort(programme, autumn, 3, bob, cid))
    assert set(await shown(gamification, keeper, valkey, board)) == {bob, cid}
    await gamification.hear(cohort(programme, autumn, 2, ann))
    assert set(await shown(gamification, keeper, valkey, board)) == {bob, cid}


async def test_a_team_is_worth_the_mean_of_its_better_half(
    gamification: Running, manager: Caller, programme: Programme, valkey: Any, keeper: BoardKeeper
) -> None:
    board = await opened(manager, programme, subject="team")
    team, pair = new_id(), new_id()
    mates = [new_id() for _ in range(3)]
    await gamification.hear(*(joins(programme, one, team) for one in mates), joins(programme, new_id(), pair))
    for count, one in enumerate(mates):
        await gamification.hear(*worth(programme.share(one), programme, count))
    await gamification.settled()
    points = sorted((await points_of(gamification, mates)).values())
    assert await shown(gamification, keeper, valkey, board) == {team: (points[-1] + points[-2]) // 2}
    late = [new_id() for _ in range(2)]
    await gamification.hear(
        *(joins(programme, one, team) for one in late)
    )  # five now, of whom the better half is three
    assert await shown(gamification, keeper, valkey, board) == {team: sum(points) // 3}
    await gamification.hear(programme.share(late[0]))
    best = sorted([*points, SHARE])[-3:]
    assert await shown(gamification, keeper, valkey, board) == {team: sum(best) // 3}


BY_WINDOW = """
    WITH ranked AS (
        SELECT team_id, coalesce(milli_points, 0) AS points, milli_points,
               row_number() OVER (PARTITION BY team_id ORDER BY coalesce(milli_points, 0) DESC) AS place,
               (count(*) OVER (PARTITION BY team_id) + 1) / 2 AS half, count(*) OVER (PARTITION BY team_id) AS people
        FROM member LEFT JOIN balance ON balance.ambassador_id = member.id AND balance.period = :period
        WHERE member.programme_id = :programme
    )
    SELECT team_id, floor(sum(points) FILTER (WHERE place <= half) / half)::bigint AS score FROM ranked
    WHERE people >= 3 GROUP BY team_id, half HAVING count(milli_points) > 0
"""


@pytest.mark.parametrize("seed", range(3))
async def test_teams_score_as_a_window_function_says(
    gamification: Running, manager: Caller, programme: Programme, valkey: Any, keeper: BoardKeeper, seed: int
) -> None:
    board, chance, teams = await opened(manager, programme, subject="team"), Random(seed), [new_id() for _ in range(4)]
    people = {new_id(): chance.choice(teams) for _ in range(18)}
    told = [joins(programme, one, team) for one, team in people.items()]
    shares = [programme.share(chance.choice(list(people)), at=WEDNESDAY + timedelta(days=n)) for n in range(20)]
    reacted = [act(share, "comment", f"c{n}") for share in shares for n in range(chance.randrange(4))]
    for event in chance.sample([*told, *shares], len(told) + len(shares)):
        await gamification.hear(event)
    await gamification.hear(programme.recorded(*reacted))
    for period in ("all", "S001", "2026-W46"):
        found = await shown(gamification, keeper, valkey, board, period)
        wanted = await gamification.rows(BY_WINDOW, programme=programme.id, period=period)
        assert found == {row["team_id"]: row["score"] for row in wanted}
        assert found


async def points_of(gamification: Running, people: list[UUID]) -> dict[UUID, int]:
    query = "SELECT ambassador_id, milli_points FROM balance WHERE ambassador_id = ANY(:ids) AND period = 'all'"
    return {row["ambassador_id"]: row["milli_points"] for row in await gamification.rows(query, ids=people)}


async def test_who_hides_neither_helps_nor_burdens_the_team(
    gamification: Running, manager: Caller, programme: Programme, valkey: Any, keeper: BoardKeeper
) -> None:
    board, team, mates = await opened(manager, programme, subject="team"), new_id(), [new_id() for _ in range(4)]
    subject = f"somebody {new_id()}"
    key = gamification.parts.person_keys.of_subject(subject)
    await gamification.hear(*(joins(programme, one, team) for one in mates[1:]))
    await gamification.hear(joins(programme, mates[0], team).model_copy(update={"subject_key": key}))
    for count, one in enumerate(reversed(mates)):
        await gamification.hear(*worth(programme.share(one), programme, count))
    await gamification.settled()
    points = await points_of(gamification, mates)
    assert await shown(gamification, keeper, valkey, board) == {team: (points[mates[0]] + points[mates[1]]) // 2}
    me = gamification.caller("ambassador", programmes=[programme.id], subject=subject)
    assert (await me.put(f"/ambassadors/{mates[0]}/visibility", {"boards": "hidden"})).status_code == 200

    async def without_me() -> bool:  # the service's own round may have taken up the team a moment before
        return await Projection(valkey).shown(board, "all") == {team: (points[mates[1]] + points[mates[2]]) // 2}

    await eventually(without_me)


async def test_counters_can_be_ranked_by(
    gamification: Running, manager: Caller, programme: Programme, valkey: Any, keeper: BoardKeeper
) -> None:
    proposed = await opened(manager, programme, metric="proposals_approved")
    reactions = await opened(manager, programme, metric="reactions", periods=["day", "season"])
    ann, bob = new_id(), new_id()
    proposals = [
        ProposalApproved(
            proposal_id=new_id(), programme_id=programme.id, ambassador_id=ann, item_id=new_id(), approved_at=WEDNESDAY
        )
        for _ in range(2)
    ]
    share = programme.share(bob, at=midday(2))
    await gamification.hear(programme.enrolled(ann), *proposals, proposals[0], share)
    await gamification.hear(programme.recorded(*(act(share, "reaction", f"p{n}", hours=0) for n in range(3))))
    assert await shown(gamification, keeper, valkey, proposed) == {ann: 2000, bob: 0}
    assert await shown(gamification, keeper, valkey, proposed, "2026-W45") == {ann: 2000}
    assert await shown(gamification, keeper, valkey, reactions, f"{midday(2):%Y-%m-%d}") == {bob: 3000}


async def test_only_who_is_eligible_has_a_row(
    gamification: Running, manager: Caller, programme: Programme, valkey: Any, keeper: BoardKeeper
) -> None:
    organisers, makers = new_id(), new_id()
    await gamification.hear(
        *(TeamCreated(team_id=one, programme_id=programme.id, name="T") for one in (organisers, makers))
    )
    await gamification.settled()
    busy = await opened(manager, programme, eligibility={"min_shares": 2})
    new = await opened(manager, programme, eligibility={"enrolled_from": "2026-10-01"})
    others = await opened(manager, programme, eligibility={"excluded_team_ids": [str(organisers)]})
    old, fresh, unknown = new_id(), new_id(), new_id()
    await gamification.hear(joins(programme, old, organisers), joins(programme, fresh, makers, date(2026, 10, 1)))
    await gamification.hear(programme.share(old), programme.share(old, at=WEDNESDAY + timedelta(days=7)))
    await gamification.hear(programme.share(fresh), programme.share(unknown))
    assert set(await shown(gamification, keeper, valkey, busy)) == {old}
    assert await shown(gamification, keeper, valkey, busy, "2026-W45") == {}
    assert set(await shown(gamification, keeper, valkey, new)) == {fresh}
    assert set(await shown(gamification, keeper, valkey, others)) == {fresh}
    await gamification.hear(joins(programme, unknown, makers))
    assert set(await shown(gamification, keeper, valkey, others)) == {fresh, unknown}


async def test_a_flush_brings_back_what_is_kept_and_in_the_same_order(
    gamification: Running, manager: Caller, programme: Programme, valkey: Any, keeper: BoardKeeper
) -> None:
    board, people = await opened(manager, programme, metric="shares"), [new_id() for _ in range(4)]
    for one in reversed(people):
        await gamification.hear(programme.share(one))
        await shown(gamification, keeper, valkey, board)
    order = [bytes(row[8:]) for row in await valkey.zrevrange(f"board:{{{board}}}:all:z", 0, -1)]
    assert order == [one.bytes for one in reversed(people)]
    await valkey.flushall()
    assert await shown(gamification, keeper, valkey, board) == dict.fromkeys(people, 1000)
    assert [bytes(row[8:]) for row in await valkey.zrevrange(f"board:{{{board}}}:all:z", 0, -1)] == order


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"periods": []}, "periods"),
        ({"anonymity": "hidden"}, "anonymity"),
        ({"team_id": str(UUID(int=7))}, "team_id"),
        ({"campaign_id": str(UUID(int=7))}, "campaign_id"),
        ({"cohort_id": str(UUID(int=7))}, "cohort_id"),
        ({"eligibility": {"excluded_team_ids": [str(UUID(int=7))]}}, "eligibility.excluded_team_ids"),
        (
            {"eligibility": {"enrolled_from": "2026-10-02", "enrolled_until": "2026-10-01"}},
            "eligibility.enrolled_until",
        ),
        ({"network": "x", "metric": "clicks"}, "metric"),
        ({"network": "x", "metric": "conversation"}, "metric"),
        ({"periods": ["day"], "metric": "conversation"}, "periods"),
        ({"subject": "team", "anonymity": "pseudonym"}, "anonymity"),
    ],
)
async def test_a_board_that_nobody_could_stand_on_is_refused(
    manager: Caller, programme: Programme, body: dict[str, Any], field: str
) -> None:
    where = f"/programmes/{programme.id}/boards"
    refused = await manager.post(where, {"title": "B", **body})
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:timbre:problem:board-nobody-may-see")
    assert [error["field"] for error in refused.json()["errors"]] == [field]
    assert len((await manager.get(where)).json()["items"]) == 1


async def test_what_belongs_to_another_programme_is_refused(
    gamification: Running, manager: Caller, programme: Programme
) -> None:
    other, campaign, team, empty, mine = Programme(), new_id(), new_id(), new_id(), new_id()
    await gamification.hear(
        other.created(),
        opened_campaign(other, campaign),
        TeamCreated(team_id=team, programme_id=other.id, name="Theirs"),
        TeamCreated(team_id=mine, programme_id=programme.id, name="Mine"),
        cohort(programme, empty, 2),
    )
    await gamification.settled()
    for body in ({"campaign_id": campaign}, {"team_id": team}, {"cohort_id": empty}):
        asked = {name: str(one) for name, one in body.items()}
        refused = await manager.post(f"/programmes/{programme.id}/boards", {"title": "B", **asked})
        assert [error["field"] for error in refused.json()["errors"]] == list(body), refused.text
    two = {"title": "B", "team_id": str(mine), "network": "x"}
    refused = await manager.post(f"/programmes/{programme.id}/boards", two)
    assert [error["field"] for error in refused.json()["errors"]] == ["network"]
