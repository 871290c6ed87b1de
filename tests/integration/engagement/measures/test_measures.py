"""Numbers of groups of shares are those that a recount of the raw facts gives."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

from libs.clock import new_id
from tests.integration.engagement.measures.past import NOW, Past
from tests.integration.engagement.measures.recount import periods_of, recounted, told
from tests.support.harness import Running

BYS = ("share", "item", "campaign", "team", "network", "programme")
KINDS = ("reaction", "comment", "reshare", "mention", "click", "follow", "conversion")
READ = ("reaction", "comment", "reshare", "mention", "click", "follow", "impression", "reach")
# clocks go back in Paris on 25 October 2026, forward in New York on 8 March, and back in Auckland on 5 April
TURNS = {
    "Europe/Paris": datetime(2026, 10, 25, tzinfo=UTC),
    "America/New_York": datetime(2026, 3, 8, tzinfo=UTC),
    "Pacific/Auckland": datetime(2026, 4, 5, tzinfo=UTC),
}


def random_past(running: Running, time_zone: str, seed: int) -> Past:
    """Six weeks around a change of the clocks, with everything that may happen to a share."""
    chance = Random(seed)
    past = Past(running, time_zone=time_zone, first_day=(TURNS[time_zone] - timedelta(weeks=2)).date())
    items, campaigns, teams = ([new_id() for _ in range(3)] for _ in range(3))
    for _ in range(40):
        at = TURNS[time_zone] + timedelta(minutes=chance.randint(-3 * 7 * 1440, 3 * 7 * 1440))
        if chance.random() < 0.5:  # many within hours of the change
            at = TURNS[time_zone] + timedelta(minutes=chance.randint(-1440, 1440))
        share = past.share(
            at,
            team_id=chance.choice(teams),
            item_id=chance.choice([None, *items]),
            campaign_id=chance.choice([None, *campaigns]),
            network=chance.choice(["linkedin", "x", "facebook"]),
            audience=chance.choice([None, 0, 500]),
        )
        draw(past, share, chance)
    return past


def draw(past: Past, share: Any, chance: Random) -> None:
    for _ in range(chance.choice([0, 0, 3, 12])):
        kind = chance.choice(KINDS)
        row = past.act(
            share,
            kind,
            hours=chance.choice([-2, 0, 0.5, 0.999, 1, 5, 90]),
            provenance=chance.choice(["measured", "measured", "imported", "declared"]),
            colleague_id=chance.choice([None, None, None, new_id(), share.ambassador_id]),
            goal=chance.choice(["lead", "application", None]) if kind == "conversion" else None,
            person=f"person-{chance.randint(1, 6)}",
        )
        if kind == "comment" and chance.random() < 0.6:
            past.answer(share, row)
            if chance.random() < 0.3:
                past.answer(share, row, hours=9)
        if kind == "comment" and chance.random() < 0.2:  # its comment has not come
            past.act(share, "reply", person=None, answers="nobody-knows")
    for kind in chance.sample(READ, chance.randint(0, 5)):
        moments = [(days, p) for days in (1, 2) for p in ("measured", "imported", "declared", "estimated")]
        for days, provenance in chance.sample(moments, chance.randint(1, 4)):
            past.read(share, kind, chance.choice([0, 1, 2, 7, 400]), days=days, provenance=provenance)


@pytest.fixture(scope="module", params=TURNS)
async def random_one(engagement: Running, request: pytest.FixtureRequest) -> Past:
    past = random_past(engagement, request.param, seed=20261122)
    await past.told()
    return past


@pytest.mark.parametrize("by", BYS)
async def test_every_group_is_as_recounted(random_one: Past, by: str) -> None:
    found = await random_one.measures(by, limit=7)
    assert {key: told(item) for key, item in found.items()} == recounted(random_one, by, "all")


async def test_every_period_holds_the_shares_of_its_days(random_one: Past) -> None:
    periods = sorted(set().union(*(periods_of(random_one, share) for share in random_one.shares)))
    assert any(period.startswith("S002") for period in periods) or len(periods) > 20
    for period in periods:
        found = await random_one.measures("network", period)
        assert {key: told(item) for key, item in found.items()} == recounted(random_one, "network", period), period


async def test_a_day_of_the_change_of_clocks_has_23_or_25_hours(engagement: Running) -> None:
    past = Past(engagement)
    first = datetime(2026, 10, 24, 22, tzinfo=UTC)  # midnight in Paris in summer
    for minutes in (-1, 0, 25 * 60 - 1, 25 * 60):
        past.share(first + timedelta(minutes=minutes))
    await past.told()
    (one,) = (await past.measures("programme", "2026-10-25")).values()
    assert one["shares"] == 2


async def test_counted_people_and_reports_are_never_added(past: Past) -> None:
    share = past.share(NOW - timedelta(days=3))
    for _ in range(4):
        past.act(share, "reaction")
    past.read(share, "reaction", 9)
    past.read(share, "reaction", 30, days=0.5)
    past.act(share, "click")
    past.read(share, "click", 1, provenance="imported")
    past.read(share, "reach", 100, provenance="estimated")
    past.read(share, "impression", 100, provenance="estimated", days=2)
    past.read(share, "impression", 80)
    await past.told()
    (found,) = (await past.measures("share")).values()
    assert (found["reactions"]["value"], found["reactions"]["people"], found["reactions"]["measured"]) == (9, 0, 9)
    assert datetime.fromisoformat(found["reactions"]["oldest_report"]) == share.published_at + timedelta(days=1)
    assert (found["clicks"]["value"], found["clicks"]["people"], found["clicks"]["oldest_report"]) == (1, 1, None)
    assert (found["reach"]["value"], found["reach"]["estimated"]) == (0, 100)
    assert (found["impressions"]["value"], found["impressions"]["estimated"]) == (80, 0)
    assert found["engagement"] == 10


async def test_emv_uses_the_customers_own_prices(past: Past) -> None:
    at = NOW - timedelta(days=3)
    own, other, unpriced = (past.share(at, network=name) for name in ("linkedin", "x", "facebook"))
    for share in (own, other, unpriced):
        past.read(share, "impression", 2000)
        past.read(share, "click", 10)
    guessed = past.share(at)
    past.read(guessed, "impression", 500, provenance="estimated")
    await past.told()
    path = f"/programmes/{past.programme_id}/rates"
    assert await past.get(path) == {"currency": None, "rates": []}
    (before,) = (await past.measures("programme")).values()
    assert before["emv"] is None
    body = {
        "currency": "EUR",
        "rates": [{"network": "linkedin", "cpm": "30.50", "cpc": "4"}, {"network": "x", "cpm": "6", "cpc": "0.3333"}],
    }
    manager = past.running.caller("manager", programmes=[past.programme_id])
    assert (await manager.put(path, body)).status_code == 200
    (found,) = (await past.measures("programme")).values()
    # 2 * 30.50 + 10 * 4 + 2 * 6 + 10 * 0.3333
    assert found["emv"] == {"currency": "EUR", "value": "116.33", "estimated": "15.25", "unpriced": ["facebook"]}
    body["rates"] = [{"network": "any", "cpm": "1", "cpc": "0"}]
    assert (await manager.put(path, body)).json()["rates"] == [{"network": "any", "cpm": "1.0000", "cpc": "0.0000"}]
    (found,) = (await past.measures("programme")).values()
    assert (found["emv"]["value"], found["emv"]["unpriced"]) == ("6.00", [])


async def test_only_the_groups_that_are_asked_for(past: Past) -> None:
    items = [new_id() for _ in range(3)]
    shares = [past.share(NOW - timedelta(days=n), item_id=item) for n, item in enumerate([*items, None])]
    await past.told()
    assert set(await past.measures("item", ids=items[1])) == {str(items[1])}
    assert set(await past.measures("share", ids=shares[3].share_id)) == {str(shares[3].share_id)}
    assert set(await past.measures("network", ids="x")) == set()
    assert None in await past.measures("item")
    assert await past.measures("share", "2026-11-25") == await past.measures("share", ids=shares[0].share_id)


async def test_shares_come_in_the_order_of_publication(past: Past) -> None:
    shares = [past.share(NOW - timedelta(days=n % 4)) for n in range(9)]
    await past.told()
    ordered = sorted(shares, key=lambda share: (share.published_at, share.share_id))
    assert list(await past.measures("share", limit=2)) == [str(share.share_id) for share in ordered]


@pytest.mark.parametrize(
    ("query", "status", "slug", "field"),
    [
        ({"by": "share", "period": "2026-W60"}, 422, "invalid-period", "period"),
        ({"by": "share", "period": "2026-13"}, 422, "invalid-period", "period"),
        ({"by": "share", "period": "0001-01-01"}, 422, "invalid-period", "period"),
        ({"by": "share", "period": "9999-12-31"}, 422, "invalid-period", "period"),
        ({"by": "share", "period": "0000-W01"}, 422, "invalid-period", "period"),
        ({"by": "share", "period": "yesterday"}, 422, "invalid-period", "period"),
        ({"by": "person"}, 422, "invalid-request", "by"),
        ({"by": "item", "ids": "7"}, 422, "invalid-group", "ids"),
        ({"by": "network", "ids": "my\x00space"}, 422, "invalid-group", "ids"),
        ({"by": "item", "cursor": "WyJcdTAwMDAiXQ"}, 422, "invalid-cursor", None),
        ({"by": "share", "cursor": "WyJhIl0"}, 422, "invalid-cursor", None),
        ({"by": "item", "limit": 0}, 422, "invalid-request", "limit"),
    ],
)
async def test_what_cannot_be_asked_is_named(
    past: Past, query: dict[str, Any], status: int, slug: str, field: str | None
) -> None:
    await past.told()
    answer = await past.analyst().get("/measures", params={"programme_id": str(past.programme_id), **query})
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:timbre:problem:{slug}"), answer.text
    assert [error["field"] for error in answer.json()["errors"]] == ([field] if field else [])


@pytest.mark.parametrize(
    "body",
    [
        {"currency": "euro", "rates": []},
        {"currency": "EUR", "rates": [{"network": "x", "cpm": "-1", "cpc": "1"}]},
        {"currency": "EUR", "rates": [{"network": "x", "cpm": "NaN", "cpc": "1"}]},
        {"currency": "EUR", "rates": [{"network": "x", "cpm": "1", "cpc": "1"}] * 2},
        {"currency": "EUR", "rates": [{"network": "myspace", "cpm": "1", "cpc": "1"}]},
    ],
)
async def test_impossible_prices_are_refused(past: Past, body: dict[str, Any]) -> None:
    await past.told()
    manager = past.running.caller("manager", programmes=[past.programme_id])
    answer = await manager.put(f"/programmes/{past.programme_id}/rates", body)
    assert answer.status_code == 422, answer.text
    assert (await past.get(f"/programmes/{past.programme_id}/rates"))["rates"] == []


async def test_strangers_and_other_programmes_stay_outside(past: Past) -> None:
    campaign = past.campaign("clicks", 10, date(2026, 11, 1), date(2026, 11, 30))
    await past.told()
    foreign = past.running.caller("manager", programmes=[new_id()])
    ambassador = past.running.caller("ambassador", programmes=[past.programme_id])
    nobody = past.running.stranger()
    where = f"/programmes/{past.programme_id}"
    paths = [
        f"/measures?programme_id={past.programme_id}&by=share",
        f"{where}/participation?month=2026-11",
        f"{where}/alerts",
        f"{where}/rates",
        f"{where}/exports/shares",
    ]
    for path in paths:
        answers = [(await caller.get(path)).status_code for caller in (nobody, ambassador, foreign)]
        assert answers == [401, 403, 403], path
    progress = f"/campaigns/{campaign}/progress"
    assert [(await caller.get(progress)).status_code for caller in (nobody, ambassador, foreign)] == [401, 403, 404]
    body = {"currency": "EUR", "rates": []}
    assert (await foreign.put(f"{where}/rates", body)).status_code == 403
    assert (await past.analyst().put(f"{where}/rates", body)).status_code == 403


async def test_an_unknown_programme_has_no_calendar(engagement: Running) -> None:
    manager = engagement.caller("manager")
    unknown = UUID(int=7)
    for path in (f"/measures?programme_id={unknown}&by=share", f"/programmes/{unknown}/alerts"):
        answer = await manager.get(path)
        assert (answer.status_code, answer.json()["type"]) == (404, "urn:timbre:problem:programme-not-found")
    answer = await manager.get(f"/campaigns/{unknown}/progress")
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:timbre:problem:campaign-not-found")
