import random
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from deploy.local.servers.nats import NatsServer
from libs.clock import new_id
from libs.events.envelope import Event
from libs.events.gamification import BadgeEarned, BadgeRevoked
from tests.support.builders import WEDNESDAY, Programme, act, answer, example_a, in_turn, reading
from tests.support.clock import MovedClock
from tests.support.gamification import gamification_at
from tests.support.harness import Caller, Running, Stage


@pytest.fixture(scope="module")
async def gamification(stage: Stage, broker: NatsServer) -> AsyncIterator[Running]:
    async with gamification_at(MovedClock(WEDNESDAY + timedelta(weeks=5)), stage, broker) as running:
        yield running


def manager(gamification: Running, programme: Programme) -> Caller:
    return gamification.caller("manager", programmes=[programme.id])


async def badges(gamification: Running, programme: Programme, ambassador_id: UUID) -> dict[str, Any]:
    await gamification.settled()
    page = await manager(gamification, programme).get(f"/ambassadors/{ambassador_id}/badges")
    return {badge["key"]: badge for badge in page.json()["items"]}


async def counters(gamification: Running, ambassador_id: UUID) -> dict[str, int]:
    await gamification.settled()
    found = await gamification.rows("SELECT name, value FROM counter WHERE ambassador_id = :who", who=ambassador_id)
    return {row["name"]: row["value"] for row in found if row["value"]}


def season(programme: Programme, author: UUID) -> list[Event]:
    """Five weeks of shares in one's own words, each with an answer, a comment and a conversion."""
    events: list[Event] = []
    for n in range(5):
        share = programme.share(author, at=WEDNESDAY + timedelta(weeks=n, hours=13 * n), copied=10)
        deeds = [act(share, kind, "guest", hours=30) for kind in ("comment", "reaction", "conversion", "click")]
        events += [share, programme.recorded(*deeds, answer(share, "guest", text_key=f"text {n}"))]
    return events


async def test_badges_follow_counters_with_progress(gamification: Running, programme: Programme) -> None:
    author = new_id()
    await gamification.hear(programme.enrolled(author), *season(programme, author))
    found = await badges(gamification, programme, author)
    earned = {key for key, badge in found.items() if badge["earned_at"]}
    assert earned >= {"first-share", "own-voice", "door-opener", "steady"}
    assert (found["ten-answers"]["progress"], found["ten-answers"]["earned_at"]) == (0.5, None)
    assert found["conversation-starter"]["progress"] == 0.6  # all of the answers, a fifth of the comments
    told = [event.badge for event in await gamification.told(BadgeEarned) if event.ambassador_id == author]
    assert sorted(told) == sorted(earned)


async def test_order_batches_and_duplicates_change_no_counter(gamification: Running, programme: Programme) -> None:
    seen = []
    for seed in range(4):
        author, chance = new_id(), random.Random(seed)
        events = season(programme, author)
        events = in_turn(events) if seed % 2 else events
        if seed:
            chance.shuffle(events)
        await gamification.hear(*events, *events[:4])
        seen.append(await counters(gamification, author))
    assert seen[0]["comments"] == seen[0]["answers"] == seen[0]["shares"] == seen[0]["streak_weeks"] == 5
    assert all(counted == seen[0] for counted in seen)


async def test_what_was_told_before_the_calendar_is_counted_when_it_comes(gamification: Running) -> None:
    late, author = Programme(), new_id()
    await gamification.hear(*season(late, author))
    assert await counters(gamification, author) == {}
    await gamification.hear(late.created())
    assert (await counters(gamification, author))["conversions"] == 5


async def test_counters_are_the_sums_of_their_days(gamification: Running, programme: Programme) -> None:
    await gamification.hear(*season(programme, new_id()), *example_a(programme, new_id()))
    await gamification.settled()
    assert await gamification.rows("SELECT 1 FROM counter_day") != []
    wrong = await gamification.rows("""
        SELECT ambassador_id, name FROM counter LEFT JOIN counter_day USING (ambassador_id, name)
        WHERE name <> 'streak_weeks' GROUP BY ambassador_id, name, counter.value
        HAVING counter.value <> coalesce(sum(counter_day.value), 0)
    """)
    assert wrong == []


async def test_nobody_counts_for_themself_or_twice_a_day(gamification: Running, programme: Programme) -> None:
    author = new_id()
    share = programme.share(author)
    own = act(share, "comment", "me", colleague_id=author)
    again = [act(share, "comment", "guest", hours=n) for n in (1, 2, 3)]
    await gamification.hear(share, programme.recorded(own, *again))
    assert (await counters(gamification, author))["comments"] == 1


async def test_a_correction_revokes_a_badge_and_the_record_stays(gamification: Running, programme: Programme) -> None:
    author, caller = new_id(), manager(gamification, programme)
    share = programme.share(author)
    ten = {"rule": "any", "parts": [{"counter": "points", "at_least": 10}]}
    body = {"key": "ten-points", "titles": {"en": "Ten", "fr": "Dix"}, "condition": ten}
    assert (await caller.post(f"/programmes/{programme.id}/badges", body)).status_code == 201
    await gamification.hear(programme.enrolled(author), share)
    for day, reactions in enumerate((30, 1, 40), start=1):
        await gamification.hear(programme.counted(reading(share, "reaction", reactions, days=day)))
        await gamification.settled()
    found = (await badges(gamification, programme, author))["ten-points"]
    assert found["earned_at"]
    assert len(found["revoked_at"]) == 1
    mine = [event.number for event in await gamification.told(BadgeEarned) if event.badge == "ten-points"]
    lost = [event.number for event in await gamification.told(BadgeRevoked) if event.badge == "ten-points"]
    assert (mine, lost) == ([1, 2], [1])


async def test_a_new_badge_is_earned_at_once_by_who_has_what_it_needs(
    gamification: Running, programme: Programme
) -> None:
    author, caller = new_id(), manager(gamification, programme)
    await gamification.hear(
        programme.enrolled(author), programme.enrolled(new_id()), programme.share(author), programme.share(author)
    )
    await gamification.settled()
    two = {"rule": "all", "parts": [{"counter": "shares", "at_least": 2}]}
    body = {"key": "two-shares", "titles": {"en": "Two", "fr": "Deux"}, "condition": two}
    path = f"/programmes/{programme.id}/badges"
    first = await caller.post(path, body, headers={"Idempotency-Key": "two"})
    again = await caller.post(path, body, headers={"Idempotency-Key": "two"})
    assert (first.status_code, first.json()["rarity"], again.json()) == (201, 0.5, first.json())
    assert (await caller.post(path, body)).json()["type"] == "urn:timbre:problem:badge-key-taken"
    assert (await caller.post(path, {**body, "key": "own-voice"})).status_code == 409
    rarity = {badge["key"]: badge["rarity"] for badge in (await caller.get(path)).json()["items"]}
    assert (rarity["two-shares"], rarity["first-share"], rarity["ten-answers"]) == (0.5, 0.5, 0)


@pytest.mark.parametrize(
    ("part", "field"),
    [
        ({"counter": "followers", "at_least": 1}, "condition.parts[0].counter"),
        ({"counter": "shares", "at_least": 0}, "condition.parts[0].at_least"),
    ],
)
async def test_an_unknown_counter_or_an_empty_target_is_refused(
    gamification: Running, programme: Programme, part: dict[str, object], field: str
) -> None:
    body = {"key": "odd", "titles": {"en": "Odd", "fr": "Bizarre"}, "condition": {"rule": "all", "parts": [part]}}
    answered = await manager(gamification, programme).post(f"/programmes/{programme.id}/badges", body)
    assert (answered.status_code, answered.json()["errors"][0]["field"]) == (422, field)


async def test_badges_of_another_are_private(gamification: Running, programme: Programme) -> None:
    author = new_id()
    await gamification.hear(programme.enrolled(author))
    await gamification.settled()
    other = gamification.caller("ambassador", programmes=[programme.id])
    assert (await other.get(f"/ambassadors/{author}/badges")).json()["type"] == "urn:timbre:problem:not-yours"
    assert (await other.post(f"/programmes/{programme.id}/badges", {})).status_code == 403
    assert (await other.get(f"/programmes/{programme.id}/badges")).status_code == 200
    assert (await manager(gamification, Programme()).get(f"/programmes/{programme.id}/badges")).status_code == 403


def own_badge(key: str, **at_least: int) -> dict[str, Any]:
    parts = [{"counter": counter, "at_least": value} for counter, value in at_least.items()]
    return {"key": key, "titles": {"en": key, "fr": key}, "condition": {"rule": "all", "parts": parts}}


async def test_a_retired_badge_is_given_to_nobody_and_taken_from_nobody(
    gamification: Running, programme: Programme
) -> None:
    early, late, caller = new_id(), new_id(), manager(gamification, programme)
    path = f"/programmes/{programme.id}/badges"
    await caller.post(path, own_badge("ten-points", points=10))
    share = programme.share(early)
    await gamification.hear(programme.enrolled(early), programme.enrolled(late), share)
    await gamification.hear(programme.counted(reading(share, "reaction", 30, days=1)))
    await gamification.settled()
    for key in ("ten-points", "first-share"):  # its own, and one that every programme has
        retired = await caller.post(f"{path}/{key}:retire")
        assert (retired.status_code, bool(retired.json()["retired_at"])) == (200, True)
    assert (await caller.post(f"{path}/ten-points:retire")).json()["rarity"] == 0.5
    await gamification.hear(programme.counted(reading(share, "reaction", 0, days=2)), *season(programme, late))
    found, others = await badges(gamification, programme, early), await badges(gamification, programme, late)
    assert (found["ten-points"]["progress"] < 1, found["ten-points"]["revoked_at"]) == (True, [])
    assert found["ten-points"]["earned_at"]
    assert "own-voice" in others
    assert {"ten-points", "first-share"}.isdisjoint(others)
    elsewhere = (await manager(gamification, Programme()).get(path)).status_code
    listed = {badge["key"] for badge in (await caller.get(path)).json()["items"] if badge["retired_at"]}
    assert (elsewhere, listed) == (403, {"ten-points", "first-share"})


async def test_a_badge_gets_other_words_by_version_and_needs_what_it_needed(
    gamification: Running, programme: Programme
) -> None:
    caller, path = manager(gamification, programme), f"/programmes/{programme.id}/badges/own-voice"
    words = {"titles": {"en": "In your words", "fr": "Avec vos mots"}, "version": 1}
    first = await caller.put(path, words)
    assert (first.status_code, first.json()["version"], first.json()["titles"]) == (200, 2, words["titles"])
    assert (await caller.put(path, words)).json() == first.json()
    stale = await caller.put(path, {**words, "titles": {"en": "Late", "fr": "Tard"}})
    assert (stale.status_code, stale.json()["errors"][0]["field"]) == (409, "version")
    second = await caller.put(path, {"titles": {"en": "Own voice", "fr": "Sa voix"}, "version": 2})
    assert (second.json()["version"], second.json()["condition"]) == (3, first.json()["condition"])
    others = await manager(gamification, Programme()).put(path, words)
    nobody = await caller.put(path.replace("own-voice", "nobody"), words)
    assert (others.status_code, nobody.json()["type"]) == (403, "urn:timbre:problem:badge-not-found")
    blank = await caller.put(path, {"titles": {"en": " ", "fr": "x"}, "version": 3})
    assert (blank.status_code, blank.json()["errors"][0]["field"]) == (422, "titles.en")


async def test_who_was_counted_before_joining_was_told_earns_a_new_badge(
    gamification: Running, programme: Programme
) -> None:
    author, caller = new_id(), manager(gamification, programme)
    await gamification.hear(programme.share(author))
    await gamification.settled()
    await caller.post(f"/programmes/{programme.id}/badges", own_badge("a-share", shares=1))
    mine = [one for one in await gamification.told(BadgeEarned) if one.ambassador_id == author]
    assert "a-share" in {one.badge for one in mine}


async def test_only_managers_end_or_reword_badges(gamification: Running, programme: Programme) -> None:
    person = gamification.caller("ambassador", programmes=[programme.id])
    path = f"/programmes/{programme.id}/badges/own-voice"
    assert (await person.post(f"{path}:retire")).status_code == 403
    assert (await person.put(path, {"titles": {"en": "x", "fr": "x"}, "version": 1})).status_code == 403
    assert (await manager(gamification, Programme()).post(f"{path}:retire")).status_code == 403
    assert (await manager(gamification, programme).post(f"{path}s:retire")).status_code == 404
