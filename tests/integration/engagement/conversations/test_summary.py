"""The weeks of a programme against a recount in plain Python."""

import random
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from libs.clock import new_id
from libs.periods import local_day, week_of
from tests.integration.engagement.conversations.talk import Talk, reply_to
from tests.integration.engagement.play import NOW, interaction

LONG_AGO = NOW - timedelta(days=40)


def percentile(values: Sequence[float], part: float) -> float:
    """The linear interpolation between the two values around a place."""
    ordered = sorted(values)
    place = part * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def recounted(comments: list[dict[str, Any]], time_zone: str) -> dict[str, dict[str, Any] | None]:
    weeks: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in comments:
        weeks[week_of(local_day(one["at"], time_zone))].append(one)
    found: dict[str, dict[str, Any] | None] = {}
    for week, mine in weeks.items():
        minutes = [(one["answered"] - one["at"]).total_seconds() / 60 for one in mine if one["answered"]]
        back = {
            (one["author"], one["person"])
            for one in mine
            for before in comments
            if before["at"] < one["at"]
            and before["share"] != one["share"]
            and (before["author"], before["person"]) == (one["author"], one["person"])
        }
        numbers = {
            "comments": len(mine),
            "answered": len(minutes),
            "dismissed": 0,
            "answer_rate": pytest.approx(len(minutes) / len(mine)),
            "median_minutes": pytest.approx(percentile(minutes, 0.5)) if minutes else None,
            "p90_minutes": pytest.approx(percentile(minutes, 0.9)) if minutes else None,
            "commenters": len({(one["author"], one["person"]) for one in mine}),
            "returning_commenters": len(back),
        }
        found[week] = numbers if len({one["author"] for one in mine}) >= 5 else None
    return found


@pytest.mark.parametrize(("seed", "time_zone"), [(1, "Europe/Paris"), (2, "America/New_York"), (3, "Asia/Kolkata")])
async def test_weeks_are_those_of_a_recount(talk: Talk, seed: int, time_zone: str) -> None:
    here = Talk(talk.running)
    await here.opens(time_zone=time_zone)
    chance = random.Random(seed)
    authors = [new_id() for _ in range(7)]
    shares = [await here.publishes(author, published_at=LONG_AGO) for author in authors for _ in range(2)]
    monday = (NOW - timedelta(days=NOW.weekday(), weeks=2)).astimezone(ZoneInfo(time_zone))
    edge = monday.replace(hour=0, minute=0, second=0).astimezone(UTC)
    items, known = [], []
    for number in range(90):
        share = chance.choice(shares[:4] if number % 3 == 0 else shares)
        at = LONG_AGO + timedelta(minutes=chance.randrange(39 * 24 * 60))
        if number < 8:
            at = edge + timedelta(seconds=number - 4)  # around a midnight between two weeks
        person = chance.choice("abcdef")
        comment = interaction(share, "comment", person=person, occurred_at=at.isoformat())
        answered = at + timedelta(seconds=chance.randrange(1, 90_000)) if chance.random() < 0.6 else None
        items += [comment, *([reply_to(share, comment, answered)] if answered else [])]
        known.append(
            {"at": at, "author": share.ambassador_id, "share": share.share_id, "person": person, "answered": answered}
        )
    chance.shuffle(items)
    await here.accepts(*items)
    answer = await talk.running.caller("analyst").get(f"/programmes/{here.programme_id}/conversations/summary")
    assert answer.status_code == 200, answer.text
    shown = {one["week"]: one["talk"] for one in answer.json()["weeks"]}
    assert list(shown) == sorted(shown)
    assert len(shown) == 12
    expected = recounted(known, time_zone)
    assert {week: talk for week, talk in shown.items() if talk} == {w: talk for w, talk in expected.items() if talk}
    assert sum(talk is not None for talk in shown.values()) >= 3


async def test_a_week_of_four_ambassadors_is_not_told_and_that_of_five_is(talk: Talk) -> None:
    shares = [await talk.publishes() for _ in range(5)]
    recent = datetime.now(UTC)

    async def last() -> Any:
        path = f"/programmes/{talk.programme_id}/conversations/summary"
        return (await talk.running.caller("manager").get(path, params={"weeks": 1})).json()["weeks"]

    for share in shares[:4]:
        for _ in range(3):
            await talk.comments(share, recent)
    assert [one["talk"] for one in await last()] == [None]
    comment = await talk.comments(shares[4], recent)
    (week,) = await last()
    assert (week["talk"]["comments"], week["talk"]["answered"], week["talk"]["answer_rate"]) == (13, 0, 0)
    await talk.answers(shares[4], comment, recent)
    (week,) = await last()
    assert (week["talk"]["answered"], week["talk"]["median_minutes"], week["talk"]["p90_minutes"]) == (1, 0, 0)


async def test_who_may_ask_and_for_what(talk: Talk) -> None:
    path = f"/programmes/{talk.programme_id}/conversations/summary"
    assert (await talk.running.caller("ambassador").get(path)).status_code == 403
    assert (await talk.running.caller("manager", programmes=[new_id()]).get(path)).status_code == 403
    unknown = await talk.running.caller("manager").get(f"/programmes/{new_id()}/conversations/summary")
    assert unknown.status_code == 404
    wrong = await talk.running.caller("manager").get(path, params={"weeks": 54})
    assert (wrong.status_code, [one["field"] for one in wrong.json()["errors"]]) == (422, ["weeks"])
