"""A month is divided by its own members, and nobody can be picked out of a signal about risk."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

from libs.events.sharing import AmbassadorEnrolled
from libs.periods import local_day, monday_of, week_of
from tests.integration.engagement.measures.past import NOW, Past
from tests.support.harness import Running

MOST_A_WEEK, SETTLING_DAYS, SMALLEST = 10, 30, 5


def part(number: int, of: int, *, group: int = SMALLEST) -> dict[str, Any]:
    shown = group >= SMALLEST
    return {
        "part": number if shown else None,
        "of": of,
        "rate": round(number / of, 4) if shown and of else None,
    }


def recounted(past: Past, month: str) -> dict[str, Any]:
    """What participation must say, from the raw facts."""
    first = date.fromisoformat(f"{month}-01")
    last = min((first + timedelta(days=31)).replace(day=1) - timedelta(days=1), local_day(NOW, past.time_zone))
    enrolled = {one.ambassador_id: one.enrolled_on for one in past.others if isinstance(one, AmbassadorEnrolled)}
    members = {who for who, on in enrolled.items() if on <= last}
    day_of = {share.share_id: local_day(share.published_at, past.time_zone) for share in past.shares}
    before = [share for share in past.shares if day_of[share.share_id] <= last]
    within = [share for share in before if day_of[share.share_id] >= first]
    ever = {share.ambassador_id for share in before} & members
    active = {share.ambassador_id for share in within} & members
    settled = {who for who in members if enrolled[who] <= last - timedelta(days=SETTLING_DAYS)}
    weeks = Counter(
        (share.ambassador_id, week_of(day_of[share.share_id]))
        for share in past.shares
        if monday_of(week_of(day_of[share.share_id])).isoformat()[:7] == month
    )
    zealous = {who for (who, _), number in weeks.items() if number > MOST_A_WEEK} & members
    authors = len({share.ambassador_id for share in within})
    own = [1 - share.copied / share.words for share in within if share.words]
    parroted = sum(share.parrot >= 10_000 for share in within)
    return {
        "members": len(members),
        "shares": len(within),
        "adoption": part(len(ever), len(members)),
        "active": part(len(active), len(members)),
        "no_show": part(len(settled - ever), len(settled), group=len(settled)),
        "over_zeal": part(len(zealous), len(active), group=len(active)),
        "parrot": part(parroted, len(within), group=authors),
        "originality": pytest.approx(sum(own) / len(own), abs=1e-4) if own and authors >= SMALLEST else None,
    }


async def participation(past: Past, month: str) -> dict[str, Any]:
    found = await past.get(f"/programmes/{past.programme_id}/participation", month=month)
    assert found.pop("month") == month
    found.pop("until")
    return dict(found)


@pytest.mark.parametrize("time_zone", ["Europe/Paris", "America/New_York", "Pacific/Auckland"])
async def test_every_month_is_as_recounted(engagement: Running, time_zone: str) -> None:
    chance = Random(20261122)
    past = Past(engagement, time_zone=time_zone)
    eager = [past.enrol(date(2026, 8, 5)) for _ in range(4)]
    members = [*eager, *(past.enrol(date(2026, 8, 1) + timedelta(days=chance.randint(0, 110))) for _ in range(21))]
    for _ in range(300):
        author = chance.choice(eager if chance.random() < 0.6 else members[:18])
        at = datetime(2026, 8, 20, tzinfo=UTC) + timedelta(minutes=chance.randint(0, 90 * 1440))
        words = chance.choice([0, 20, 60])
        past.share(
            at,
            ambassador_id=author,
            words=words,
            copied=chance.randint(0, words),
            parrot=chance.choice([0, 9_999, 10_000, 30_000]),
        )
    for author in eager:  # a burst over the end of a month, in one week
        for hours in range(12):
            past.share(datetime(2026, 9, 29, tzinfo=UTC) + timedelta(hours=6 * hours), ambassador_id=author)
    await past.told()
    seen = {month: await participation(past, month) for month in ("2026-08", "2026-09", "2026-10", "2026-11")}
    assert seen == {month: recounted(past, month) for month in seen}
    assert seen["2026-09"]["over_zeal"]["part"] >= 4
    assert [found["members"] for found in seen.values()] == sorted(found["members"] for found in seen.values())
    assert seen["2026-08"]["members"] < seen["2026-11"]["members"]


async def test_march_is_divided_by_the_members_of_march(engagement: Running) -> None:
    past = Past(engagement, first_day=date(2026, 1, 5))
    early = [past.enrol(date(2026, 3, 31)) for _ in range(2)]
    for _ in range(8):
        past.enrol(date(2026, 4, 1))
    past.share(datetime(2026, 3, 31, 21, 59, tzinfo=UTC), ambassador_id=early[0])
    past.share(datetime(2026, 3, 31, 22, tzinfo=UTC), ambassador_id=early[1])  # April in Paris
    await past.told()
    march, april = await participation(past, "2026-03"), await participation(past, "2026-04")
    assert march["active"] == {"part": 1, "of": 2, "rate": 0.5}
    assert (april["active"], april["adoption"]["part"]) == ({"part": 1, "of": 10, "rate": 0.1}, 2)


async def test_signals_about_risk_are_kept_from_groups_below_five(past: Past) -> None:
    members = [past.enrol(date(2026, 9, 1)) for _ in range(4)]
    for author in members:
        past.share(NOW - timedelta(days=2), ambassador_id=author, copied=40, parrot=20_000)
    await past.told()
    found = await participation(past, "2026-11")
    hidden = {"part": None, "rate": None}
    assert found["no_show"] == {**hidden, "of": 4}
    assert found["over_zeal"] == {**hidden, "of": 4}
    assert found["parrot"] == {**hidden, "of": 4}
    assert found["originality"] is None
    assert found["active"] == {"part": 4, "of": 4, "rate": 1.0}


async def test_a_month_to_come_is_empty(past: Past) -> None:
    past.enrol(date(2026, 12, 1))
    past.share(NOW)
    await past.told()
    found = await participation(past, "2027-05")
    assert (found["shares"], found["active"]["part"]) == (0, 0)


@pytest.mark.parametrize("month", ["2026", "2026-00", "2026-13", "1999-01", "november", "2026-1"])
async def test_a_month_that_is_none_is_refused(past: Past, month: str) -> None:
    await past.told()
    answer = await past.analyst().get(f"/programmes/{past.programme_id}/participation", params={"month": month})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "month")


@pytest.mark.parametrize(
    ("kpi", "value"),
    [
        ("reach", 300),
        ("reactions", 2),
        ("comments", 1),
        ("reshares", 1),
        ("clicks", 10),  # of each share the larger of both, summed
        ("conversions", 2),
        ("active_ambassadors", 2),
    ],
)
async def test_progress_is_the_kpi_over_its_target_and_the_time_that_has_gone(past: Past, kpi: str, value: int) -> None:
    campaign_id = past.campaign(kpi, 20, date(2026, 11, 20), date(2026, 11, 29))
    author = UUID(int=5)
    shares = [
        past.share(NOW - timedelta(days=2), campaign_id=campaign_id, ambassador_id=who)
        for who in (author, author, UUID(int=6))
    ]
    past.share(NOW - timedelta(days=2))  # of no campaign
    past.read(shares[0], "reach", 300)
    past.read(shares[1], "reach", 5000, provenance="estimated")
    past.read(shares[1], "click", 9)
    for kind in ("reaction", "reaction", "comment", "reshare", "click"):
        past.act(shares[2], kind)
    for person in ("ann", "ann", "bob"):
        past.act(shares[0], "conversion", person=person, goal="lead")
    await past.told()
    found = await past.get(f"/campaigns/{campaign_id}/progress")
    assert (found["kpi"], found["target"], found["number"]["value"]) == (kpi, 20, value)
    assert found["reached"] == round(value / 20, 4)
    # from midnight in Paris on the 20th to noon of UTC on the 25th: five days and thirteen of ten times 24 hours
    assert found["elapsed"] == round((5 * 24 + 13) / 240, 4)
    assert found["pace"] == round(found["reached"] / found["elapsed"], 4)


async def test_a_campaign_that_nobody_has_shared_stands_at_nothing(past: Past) -> None:
    campaign_id = past.campaign("clicks", 20, date(2026, 12, 20), date(2026, 12, 29))
    await past.told()
    found = await past.get(f"/campaigns/{campaign_id}/progress")
    assert (found["number"]["value"], found["reached"], found["elapsed"], found["pace"]) == (0, 0, 0, None)
