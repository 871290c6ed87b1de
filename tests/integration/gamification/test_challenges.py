import asyncio
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from deploy.local.servers.nats import NatsServer
from libs.clock import new_id
from libs.events.gamification import ChallengeCancelled, ChallengeCompleted
from services.gamification.counters import service as counters
from tests.support.builders import WEDNESDAY, Programme, answer
from tests.support.clock import MovedClock
from tests.support.gamification import gamification_at
from tests.support.harness import Caller, Running, Stage

NOW = WEDNESDAY + timedelta(days=6)
BODY = {
    "kind": "collective",
    "title": "Forty answers",
    "counter": "answers",
    "first_day": "2026-11-02",
    "last_day": "2026-11-15",
    "target": 40,
}


@pytest.fixture(scope="module")
async def gamification(stage: Stage, broker: NatsServer) -> AsyncIterator[Running]:
    async with gamification_at(MovedClock(NOW), stage, broker) as running:
        yield running


def manager(gamification: Running, programme: Programme) -> Caller:
    return gamification.caller("manager", programmes=[programme.id])


async def challenge(gamification: Running, programme: Programme, **changes: Any) -> Any:
    answered = await manager(gamification, programme).post(
        f"/programmes/{programme.id}/challenges", {**BODY, **changes}
    )
    assert answered.status_code == 201, answered.text
    return answered.json()


async def standing(gamification: Running, programme: Programme, made: Any) -> Any:
    await gamification.settled()
    return (await manager(gamification, programme).get(f"/challenges/{made['id']}")).json()


async def completed(gamification: Running, made: Any) -> list[Any]:
    return [event for event in await gamification.told(ChallengeCompleted) if str(event.challenge_id) == made["id"]]


async def answers(gamification: Running, programme: Programme, author: UUID, number: int) -> None:
    share = programme.share(author)
    given = [answer(share, f"guest {n}", text_key=f"{share.share_id} {n}") for n in range(number)]
    await gamification.hear(share, programme.recorded(*given), key=str(author))


async def test_all_together_reach_a_shared_goal_and_it_is_told_once(
    gamification: Running, programme: Programme
) -> None:
    made = await challenge(gamification, programme)
    await answers(gamification, programme, new_id(), 15)
    found = await standing(gamification, programme, made)
    assert (found["total"], found["done"], found["takers"]) == (15, 0.375, 1)
    assert await completed(gamification, made) == []
    await asyncio.gather(*(answers(gamification, programme, new_id(), 5) for _ in range(6)))
    found = await standing(gamification, programme, made)
    assert (found["state"], found["total"], found["done"], found["takers"]) == ("completed", 45, 1, 7)
    told = await completed(gamification, made)
    assert [(event.kind, event.ambassador_id) for event in told] == [("collective", None)]


async def test_each_ambassador_reaches_the_target_alone(gamification: Running, programme: Programme) -> None:
    quick, slow = new_id(), new_id()
    made = await challenge(gamification, programme, kind="individual", target=3)
    await gamification.hear(programme.enrolled(quick), programme.enrolled(slow))
    await answers(gamification, programme, quick, 2)
    await answers(gamification, programme, slow, 2)
    await answers(gamification, programme, quick, 2)
    found = await standing(gamification, programme, made)
    assert (found["completed_by"], found["takers"], found["done"], found["completed_at"]) == (1, 2, None, None)
    assert [event.ambassador_id for event in await completed(gamification, made)] == [quick]
    part = (await manager(gamification, programme).get(f"/challenges/{made['id']}/progress/{slow}")).json()
    assert (part["value"], part["done"], part["completed_at"]) == (2, 0.6667, None)


async def test_what_was_done_before_it_was_set_counts_from_the_first_day_on(
    gamification: Running, programme: Programme
) -> None:
    author = new_id()
    before, after = WEDNESDAY - timedelta(days=3), WEDNESDAY
    await gamification.hear(
        programme.enrolled(author), programme.share(author, at=before), programme.share(author, at=after)
    )
    await gamification.settled()
    made = await challenge(gamification, programme, counter="shares", target=1)
    assert (made["total"], made["state"]) == (1, "completed")


async def test_days_are_those_of_the_programme(gamification: Running, programme: Programme) -> None:
    author = new_id()
    made = await challenge(gamification, programme, counter="shares")
    inside = [datetime(2026, 11, 1, 23, 0, tzinfo=UTC), datetime(2026, 11, 15, 22, 59, 59, tzinfo=UTC)]
    outside = [datetime(2026, 11, 1, 22, 59, 59, tzinfo=UTC), datetime(2026, 11, 15, 23, 0, tzinfo=UTC)]
    events = [programme.share(author, at=at) for at in inside + outside]
    random.Random(3).shuffle(events)
    await gamification.hear(*events)
    assert (await standing(gamification, programme, made))["total"] == 2


async def test_a_repeated_request_sets_one_challenge(gamification: Running, programme: Programme) -> None:
    caller, path = manager(gamification, programme), f"/programmes/{programme.id}/challenges"
    first = await caller.post(path, BODY, headers={"Idempotency-Key": "once"})
    again = await caller.post(path, BODY, headers={"Idempotency-Key": "once"})
    assert first.json()["id"] == again.json()["id"]
    await challenge(gamification, programme, title="The second")
    page = (await caller.get(path, params={"limit": 1})).json()
    assert [one["title"] for one in page["items"]] == ["The second"]
    rest = (await caller.get(path, params={"limit": 1, "cursor": page["next"]})).json()
    assert ([one["title"] for one in rest["items"]], rest["next"]) == (["Forty answers"], None)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"counter": "followers"}, "counter"),
        ({"last_day": "2026-11-01"}, "last_day"),
        ({"target": 0}, "target"),
        ({"target": 2**70}, "target"),
        ({"title": "\x00"}, "title"),
        ({"first_day": "2026-02-30"}, "first_day"),
        ({"last_day": "2028-01-01"}, "last_day"),
        ({"kind": "team"}, "kind"),
    ],
)
async def test_a_challenge_that_makes_no_sense_is_refused(
    gamification: Running, programme: Programme, wrong: dict[str, object], field: str
) -> None:
    caller, path = manager(gamification, programme), f"/programmes/{programme.id}/challenges"
    answered = await caller.post(path, {**BODY, **wrong})
    assert (answered.status_code, answered.json()["errors"][0]["field"]) == (422, field)
    assert (await caller.get(path)).json()["items"] == []


async def test_who_may_do_what(gamification: Running, programme: Programme) -> None:
    made = await challenge(gamification, programme)
    author, foreigner = new_id(), new_id()
    await gamification.hear(programme.enrolled(author), Programme().enrolled(foreigner))
    await gamification.settled()
    other = gamification.caller("ambassador", programmes=[programme.id])
    stranger = manager(gamification, Programme())
    path = f"/challenges/{made['id']}"
    assert (await other.get(path)).status_code == 200
    assert (await stranger.get(path)).status_code == 404
    assert (await other.post(f"/programmes/{programme.id}/challenges", BODY)).status_code == 403
    assert (await other.get(f"{path}/progress/{author}")).json()["type"] == "urn:timbre:problem:not-yours"
    assert (await manager(gamification, programme).get(f"{path}/progress/{foreigner}")).status_code == 404
    assert (await other.get(f"/challenges/{new_id()}")).json()["type"] == "urn:timbre:problem:challenge-not-found"
    nowhere = await gamification.caller("admin").post(f"/programmes/{new_id()}/challenges", BODY)
    assert (nowhere.status_code, nowhere.json()["type"]) == (404, "urn:timbre:problem:programme-not-found")


def slug(answered: Any) -> tuple[int, str]:
    return answered.status_code, answered.json()["type"].removeprefix("urn:timbre:problem:")


def coming(gamification: Running) -> dict[str, str]:
    """Two days that are still to come."""
    today = gamification.parts.clock.now()
    return {name: f"{today + timedelta(days=days):%Y-%m-%d}" for name, days in (("first_day", 3), ("last_day", 9))}


async def test_a_challenge_can_be_changed_before_its_first_day_only(
    gamification: Running, programme: Programme
) -> None:
    author, caller = new_id(), manager(gamification, programme)
    await gamification.hear(programme.enrolled(author), programme.share(author), programme.share(author))
    await gamification.settled()
    made = await challenge(gamification, programme, **coming(gamification), counter="shares")
    assert (made["state"], made["total"]) == ("upcoming", 0)
    path = f"/challenges/{made['id']}"
    later = {**BODY, **coming(gamification), "title": "Thirty answers", "target": 30}
    assert (await caller.put(path, later)).json()["target"] == 30
    refused = await caller.put(path, {**later, "last_day": "2020-01-01"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "last_day")
    begun = await caller.put(path, {**BODY, "counter": "shares", "target": 2})
    assert (begun.json()["title"], begun.json()["total"], begun.json()["state"]) == ("Forty answers", 2, "completed")
    assert [event.target for event in await completed(gamification, made)] == [2]
    assert slug(await caller.put(path, later)) == (409, "challenge-begun")
    opened = await challenge(gamification, programme, last_day=coming(gamification)["last_day"])
    assert slug(await caller.put(f"/challenges/{opened['id']}", later)) == (409, "challenge-begun")


async def test_a_cancelled_challenge_stays_as_it_stood_and_nobody_completes_it(
    gamification: Running, programme: Programme
) -> None:
    author, caller = new_id(), manager(gamification, programme)
    made = [
        await challenge(gamification, programme, kind=kind, last_day=coming(gamification)["last_day"], target=20)
        for kind in ("collective", "individual")
    ]
    await gamification.hear(programme.enrolled(author))
    await answers(gamification, programme, author, 15)
    await gamification.settled()
    for one in made:
        cancelled = await caller.post(f"/challenges/{one['id']}:cancel")
        assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
        assert (await caller.post(f"/challenges/{one['id']}:cancel")).json() == cancelled.json()
    await answers(gamification, programme, author, 15)
    for one in made:
        found = await standing(gamification, programme, one)
        assert (found["state"], found["total"], found["takers"], found["completed_by"]) == ("cancelled", 15, 1, 0)
        part = (await caller.get(f"/challenges/{one['id']}/progress/{author}")).json()
        assert (part["value"], part["state"], part["completed_at"]) == (15, "cancelled", None)
        assert await completed(gamification, one) == []
        told = [e for e in await gamification.told(ChallengeCancelled) if str(e.challenge_id) == one["id"]]
        assert [(event.kind, event.total) for event in told] == [(one["kind"], 15)]
        assert slug(await caller.put(f"/challenges/{one['id']}", BODY)) == (409, "challenge-begun")


async def test_what_is_over_cannot_be_cancelled(gamification: Running, programme: Programme) -> None:
    ended = await challenge(gamification, programme, last_day="2026-11-03")
    author = new_id()
    await gamification.hear(programme.share(author))
    await gamification.settled()
    reached = await challenge(gamification, programme, counter="shares", target=1)
    assert (ended["state"], reached["state"]) == ("ended", "completed")
    for made in (ended, reached):
        answered = await manager(gamification, programme).post(f"/challenges/{made['id']}:cancel")
        assert slug(answered) == (409, "challenge-over")


async def test_progress_of_who_was_counted_before_joining_was_told_counts(
    gamification: Running, programme: Programme
) -> None:
    authors = [new_id() for _ in range(3)]
    for author in authors:
        await answers(gamification, programme, author, 4)
    await gamification.hear(programme.enrolled(authors[0]))
    await gamification.settled()
    made = await challenge(gamification, programme)
    assert (made["total"], made["takers"]) == (12, 3)
    await gamification.hear(*(programme.enrolled(author) for author in authors[1:]))
    await answers(gamification, programme, authors[2], 2)
    assert (await standing(gamification, programme, made))["total"] == 14


async def test_a_large_programme_is_counted_in_groups(
    gamification: Running, programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        await answers(gamification, programme, new_id(), 3)
    await gamification.settled()
    monkeypatch.setattr(counters, "GROUP", 2)
    made = await challenge(gamification, programme, target=14)
    assert (made["total"], made["takers"], made["state"]) == (15, 5, "completed")
    assert [event.value for event in await completed(gamification, made)] == [15]


async def test_a_challenge_set_beside_who_is_being_counted_misses_nobody(
    gamification: Running, programme: Programme
) -> None:
    authors = [new_id() for _ in range(8)]
    for author in authors:
        await answers(gamification, programme, author, 2)

    async def set_one() -> Any:
        return await challenge(gamification, programme, target=1000)

    made, *_ = await asyncio.gather(set_one(), *(answers(gamification, programme, one, 3) for one in authors))
    found = await standing(gamification, programme, made)
    assert (found["total"], found["takers"]) == (40, 8)


async def test_only_the_programmes_managers_change_or_cancel(gamification: Running, programme: Programme) -> None:
    made = await challenge(gamification, programme, **coming(gamification))
    path = f"/challenges/{made['id']}"
    person = gamification.caller("ambassador", programmes=[programme.id])
    stranger = manager(gamification, Programme())
    for caller, told in ((person, (403, "missing-scope")), (stranger, (404, "challenge-not-found"))):
        assert slug(await caller.put(path, BODY)) == told
        assert slug(await caller.post(f"{path}:cancel")) == told
    nowhere = manager(gamification, programme)
    assert slug(await nowhere.post(f"/challenges/{new_id()}:cancel")) == (404, "challenge-not-found")
    assert slug(await nowhere.put(f"/challenges/{new_id()}", BODY)) == (404, "challenge-not-found")
