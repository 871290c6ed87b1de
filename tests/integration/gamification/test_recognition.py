from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from libs.clock import new_id
from libs.events.gamification import SpotlightGiven, SpotlightWithdrawn
from tests.support.builders import WEDNESDAY, Programme, act, answer
from tests.support.harness import Caller, Running

WEEK = "2026-W45"


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


async def joined(gamification: Running, programme: Programme, appearance: str) -> tuple[UUID, Caller]:
    """An ambassador who wants to appear like this, and their token."""
    who, caller = new_id(), gamification.caller("ambassador", programmes=[programme.id])
    key = gamification.parts.person_keys.of_subject(caller.subject)
    await gamification.hear(programme.enrolled(who, subject_key=key))
    await gamification.settled()
    await appear(caller, who, appearance)
    return who, caller


async def appear(caller: Caller, who: UUID, appearance: str) -> None:
    chosen = await caller.put(f"/ambassadors/{who}/visibility", {"boards": appearance})
    assert chosen.status_code == 200, chosen.text


async def given(gamification: Running, programme: Programme, who: UUID) -> Any:
    manager = gamification.caller("manager", programmes=[programme.id])
    body = {"ambassador_id": str(who), "reason": "Patient answers."}
    return await manager.post(f"/programmes/{programme.id}/spotlights", body)


async def seen(caller: Caller, programme: Programme) -> list[Any]:
    items: list[Any] = (await caller.get(f"/programmes/{programme.id}/spotlights")).json()["items"]
    return items


async def test_who_is_hidden_is_neither_suggested_nor_put_into_the_spotlight(
    gamification: Running, programme: Programme
) -> None:
    people = [await joined(gamification, programme, how) for how in ["hidden"] * 14 + ["pseudonym", "name"]]
    shares = [programme.share(who) for who, _ in people]
    for n, share in enumerate(shares):  # the hidden ones are the best, and more than are looked at in one go
        talks = [answer(share, f"c{n} {i}", text_key=f"{n} {i}") for i in range(6 if n < 14 else n - 12)]
        await gamification.hear(share, programme.recorded(*talks))
    found = await suggested(gamification, programme, "conversation")
    assert [(one["ambassador_id"], one["appearance"]) for one in found] == [
        (str(people[15][0]), "name"),
        (str(people[14][0]), "pseudonym"),
    ]
    refused = await given(gamification, programme, people[0][0])
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:timbre:problem:ambassador-stays-hidden")
    assert [e for e in await gamification.told(SpotlightGiven) if e.ambassador_id == people[0][0]] == []


async def test_a_list_shows_people_as_they_want_to_appear_now(gamification: Running, programme: Programme) -> None:
    who, caller = await joined(gamification, programme, "name")
    other, _ = await joined(gamification, programme, "pseudonym")
    reader = gamification.caller("ambassador", programmes=[programme.id])
    manager = gamification.caller("manager", programmes=[programme.id])
    assert [(await given(gamification, programme, one)).status_code for one in (other, who)] == [201, 201]
    told = {e.ambassador_id: e.appearance for e in await gamification.told(SpotlightGiven)}
    assert (told[who], told[other]) == ("name", "pseudonym")
    assert [one["ambassador_id"] for one in await seen(reader, programme)] == [str(who), None]
    await appear(caller, who, "hidden")
    assert [one["ambassador_id"] for one in await seen(reader, programme)] == [None]
    assert [one["ambassador_id"] for one in await seen(caller, programme)] == [str(who), None]
    assert [one["ambassador_id"] for one in await seen(manager, programme)] == [str(who), str(other)]


async def test_pages_pass_over_the_hidden_without_losing_anybody(gamification: Running, programme: Programme) -> None:
    people = [await joined(gamification, programme, "name") for _ in range(6)]
    for who, _ in people:
        await given(gamification, programme, who)
    for who, caller in people[1:5]:
        await appear(caller, who, "hidden")
    reader, path = (
        gamification.caller("ambassador", programmes=[programme.id]),
        f"/programmes/{programme.id}/spotlights",
    )
    first = (await reader.get(path, params={"limit": 1})).json()
    rest = (await reader.get(path, params={"limit": 1, "cursor": first["next"]})).json()
    shown = [one["ambassador_id"] for one in first["items"] + rest["items"]]
    assert (shown, rest["next"]) == ([str(people[5][0]), str(people[0][0])], None)


async def test_who_is_in_the_spotlight_can_withdraw_it(gamification: Running, programme: Programme) -> None:
    who, caller = await joined(gamification, programme, "name")
    _, colleague = await joined(gamification, programme, "name")
    made = (await given(gamification, programme, who)).json()
    path = f"/spotlights/{made['id']}:withdraw"
    assert (await colleague.post(path)).json()["type"] == "urn:timbre:problem:not-yours"
    foreign = gamification.caller("manager", programmes=[new_id()])
    assert (await foreign.post(path)).json()["type"] == "urn:timbre:problem:spotlight-not-found"
    withdrawn = await caller.post(path)
    assert (withdrawn.status_code, bool(withdrawn.json()["withdrawn_at"])) == (200, True)
    assert (await caller.post(path)).json() == withdrawn.json()
    for reader in (caller, colleague, gamification.caller("manager", programmes=[programme.id])):
        assert await seen(reader, programme) == []
    told = [e for e in await gamification.told(SpotlightWithdrawn) if e.ambassador_id == who]
    assert [str(event.spotlight_id) for event in told] == [made["id"]]
    assert (await caller.post(f"/spotlights/{new_id()}:withdraw")).status_code == 404
    mistaken = (await given(gamification, programme, who)).json()
    manager = gamification.caller("manager", programmes=[programme.id])
    assert (await manager.post(f"/spotlights/{mistaken['id']}:withdraw")).status_code == 200
