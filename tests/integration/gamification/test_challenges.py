import asyncio
import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from libs.clock import new_id
from libs.events.gamification import ChallengeCompleted
from tests.support.builders import WEDNESDAY, Programme, answer
from tests.support.harness import Caller, Running

BODY = {
    "kind": "collective",
    "title": "Forty answers",
    "counter": "answers",
    "first_day": "2026-11-02",
    "last_day": "2026-11-15",
    "target": 40,
}


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
    assert (await stranger.get(path)).status_code == 403
    assert (await other.post(f"/programmes/{programme.id}/challenges", BODY)).status_code == 403
    assert (await other.get(f"{path}/progress/{author}")).json()["type"] == "urn:timbre:problem:not-yours"
    assert (await manager(gamification, programme).get(f"{path}/progress/{foreigner}")).status_code == 404
    assert (await other.get(f"/challenges/{new_id()}")).json()["type"] == "urn:timbre:problem:challenge-not-found"
    nowhere = await gamification.caller("admin").post(f"/programmes/{new_id()}/challenges", BODY)
    assert (nowhere.status_code, nowhere.json()["type"]) == (404, "urn:timbre:problem:programme-not-found")
