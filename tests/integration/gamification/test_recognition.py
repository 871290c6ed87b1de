from datetime import timedelta
from typing import Any

import pytest

from libs.clock import new_id
from libs.events.gamification import SpotlightGiven
from tests.support.builders import WEDNESDAY, Programme, act, answer
from tests.support.harness import Running

WEEK = "2026-W45"


@pytest.fixture
async def programme(gamification: Running) -> Programme:
    made = Programme()
    await gamification.hear(made.created())
    return made


async def suggested(gamification: Running, programme: Programme, ground: str) -> list[Any]:
    await gamification.settled()
    manager = gamification.caller("manager", programmes=[programme.id])
    found = await manager.get(f"/programmes/{programme.id}/spotlights/suggestions", params={"week": WEEK})
    return [one for one in found.json()["items"] if one["ground"] == ground]


async def test_a_manager_gives_a_spotlight_that_the_programme_reads(
    gamification: Running, programme: Programme
) -> None:
    who = new_id()
    await gamification.hear(programme.enrolled(who))
    await gamification.settled()
    manager = gamification.caller("manager", programmes=[programme.id])
    path, body = f"/programmes/{programme.id}/spotlights", {"ambassador_id": str(who), "reason": "Patient answers."}
    given = [await manager.post(path, body, headers={"Idempotency-Key": "once"}) for _ in range(2)]
    assert [one.status_code for one in given] == [201, 201]
    reader = gamification.caller("ambassador", programmes=[programme.id])
    listed = (await reader.get(path)).json()["items"]
    assert [(one["id"], one["reason"]) for one in listed] == [(given[0].json()["id"], "Patient answers.")]
    told = [one for one in await gamification.envelopes(SpotlightGiven) if one.data["ambassador_id"] == str(who)]
    assert len(told) == 1
    assert "Patient" not in told[0].model_dump_json()


async def test_a_spotlight_is_for_an_ambassador_of_the_programme_and_given_by_a_manager(
    gamification: Running, programme: Programme
) -> None:
    elsewhere, who = Programme(), new_id()
    await gamification.hear(elsewhere.created(), elsewhere.enrolled(who))
    await gamification.settled()
    path, body = f"/programmes/{programme.id}/spotlights", {"ambassador_id": str(who), "reason": "Well done"}
    manager = gamification.caller("manager", programmes=[programme.id])
    assert (await manager.post(path, body)).json()["type"] == "urn:timbre:problem:ambassador-not-found"
    assert (await manager.post(path, {**body, "reason": " "})).status_code == 422
    ambassador = gamification.caller("ambassador", programmes=[programme.id])
    assert (await ambassador.post(path, body)).status_code == 403
    foreign = gamification.caller("manager", programmes=[elsewhere.id])
    assert (await foreign.get(f"{path}/suggestions", params={"week": WEEK})).status_code == 403


async def test_the_best_conversation_is_by_points_for_answers_and_not_for_reach(
    gamification: Running, programme: Programme
) -> None:
    talker, star = new_id(), new_id()
    ours, theirs = programme.share(talker), programme.share(star)
    asked = [act(ours, "comment", f"c{n}") for n in range(3)]
    answers = [answer(ours, f"c{n}") for n in range(3)]
    crowd = [act(theirs, "comment", f"s{n}") for n in range(30)]
    await gamification.hear(ours, theirs, programme.recorded(*asked, *answers, *crowd))
    (only,) = await suggested(gamification, programme, "conversation")
    assert (only["ambassador_id"], only["points"]) == (str(talker), 6.0)


async def test_the_best_newcomer_joined_in_the_last_thirty_days(gamification: Running, programme: Programme) -> None:
    new, old = new_id(), new_id()
    joined = programme.enrolled(new).model_copy(update={"enrolled_on": WEDNESDAY.date()})
    best = programme.share(old)
    reactions = [act(best, "comment", f"c{n}") for n in range(9)]
    await gamification.hear(joined, programme.enrolled(old), programme.share(new), best)
    await gamification.hear(programme.recorded(*reactions))
    (only,) = await suggested(gamification, programme, "newcomer")
    assert only["ambassador_id"] == str(new)


async def test_the_most_improved_grew_over_the_four_weeks_before(gamification: Running, programme: Programme) -> None:
    grown, steady, first = new_id(), new_id(), new_id()
    before = WEDNESDAY - timedelta(weeks=5)
    better = programme.share(grown)
    await gamification.hear(
        programme.share(grown, at=before),
        better,
        programme.recorded(*(act(better, "comment", f"c{n}") for n in range(5))),
        programme.share(steady, at=before),
        programme.share(steady),
        programme.share(first),
    )
    (only,) = await suggested(gamification, programme, "improvement")
    assert only["ambassador_id"] == str(grown)
    assert only["points"] > only["points_before"] > 0


@pytest.mark.parametrize("week", ["2026-W60", "yesterday", ""])
async def test_a_week_that_is_none_is_refused_with_its_field(
    gamification: Running, programme: Programme, week: str
) -> None:
    manager = gamification.caller("manager", programmes=[programme.id])
    refused = await manager.get(f"/programmes/{programme.id}/spotlights/suggestions", params={"week": week})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "week")
