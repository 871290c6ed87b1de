import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from libs.clock import new_id
from libs.events.content import ProposalApproved
from libs.events.envelope import seal
from tests.integration.content.scene import PROPOSAL, Scene
from tests.support.answers import done, refusal
from tests.support.harness import Caller, Running


async def told(scene: Scene) -> list[ProposalApproved]:
    return [event for event in await scene.content.told(ProposalApproved) if event.programme_id == scene.programme_id]


async def ids(caller: Caller, path: str) -> list[str]:
    return [one["id"] for one in done(await caller.get(path), 200)["items"]]


async def test_what_is_proposed_waits_open(scene: Scene) -> None:
    alice = await scene.member()
    made = await scene.proposed(alice)
    assert {name: made[name] for name in PROPOSAL} == PROPOSAL
    assert (made["state"], made["ambassador_id"]) == ("open", str(alice.id))
    assert [made[name] for name in ("decided_at", "reason", "item_id")] == [None, None, None]
    assert done(await alice.caller.get(f"/proposals/{made['id']}"), 200) == made
    assert await told(scene) == []


async def test_an_approved_proposal_is_a_draft_of_the_campaign_and_told_once(scene: Scene) -> None:
    alice = await scene.member()
    approved = done(await scene.approve(await scene.proposed(alice)), 200)
    item = done(await scene.manager().get(f"/items/{approved['item_id']}"), 200)
    assert approved["state"] == "approved"
    assert (item["title"], item["url"], item["campaign_id"]) == (
        PROPOSAL["title"],
        PROPOSAL["url"],
        str(scene.campaign_id),
    )
    assert [(c["language"], c["text"], c["network"]) for c in item["captions"]] == [("en", PROPOSAL["text"], None)]
    assert item["published_at"] is None
    (event,) = await told(scene)
    assert (str(event.proposal_id), event.ambassador_id) == (approved["id"], alice.id)
    assert str(event.item_id) == item["id"]
    assert event.approved_at.isoformat().replace("+00:00", "Z") == approved["decided_at"]


async def test_the_proposer_reads_why_it_was_declined(scene: Scene) -> None:
    alice = await scene.member()
    proposal = await scene.proposed(alice)
    done(await scene.decline(proposal, "  We told this\nlast week. "), 200)
    found = done(await alice.caller.get(f"/proposals/{proposal['id']}"), 200)
    assert (found["state"], found["reason"], found["item_id"]) == ("declined", "We told this\nlast week.", None)
    assert found["decided_at"] >= found["proposed_at"]
    assert await told(scene) == []


async def test_a_proposal_is_decided_once(scene: Scene) -> None:
    alice = await scene.member()
    approved, declined = await scene.proposed(alice), await scene.proposed(alice)
    done(await scene.approve(approved), 200)
    done(await scene.decline(declined), 200)
    for proposal in (approved, declined):
        assert refusal(await scene.approve(proposal))[:2] == (409, "proposal-decided")
        assert refusal(await scene.decline(proposal))[:2] == (409, "proposal-decided")
    assert len(await told(scene)) == 1


async def test_of_decisions_made_at_once_one_counts(scene: Scene) -> None:
    proposal = await scene.proposed(await scene.member())
    answers = await asyncio.gather(*(decide(proposal) for decide in (scene.approve, scene.decline, scene.approve)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    state = done(await scene.manager().get(f"/proposals/{proposal['id']}"), 200)["state"]
    assert len(await told(scene)) == (state == "approved")


async def test_the_same_key_makes_one_proposal(scene: Scene) -> None:
    alice = await scene.member()
    first, again = [
        await alice.caller.post(scene.proposals, PROPOSAL, headers={"Idempotency-Key": "prize"}) for _ in range(2)
    ]
    assert (first.json(), again.headers["Idempotency-Replayed"]) == (again.json(), "true")
    assert await ids(alice.caller, scene.proposals) == [first.json()["id"]]


async def test_an_ambassador_lists_their_own_and_a_manager_all_of_the_programme(scene: Scene) -> None:
    alice, bob, elsewhere = await scene.member(), await scene.member(), await Scene.begun(scene.content)
    of_alice = [(await scene.proposed(alice))["id"] for _ in range(3)]
    of_bob = (await scene.proposed(bob))["id"]
    await elsewhere.proposed(await elsewhere.member())
    assert await ids(alice.caller, scene.proposals) == of_alice[::-1]
    assert await ids(bob.caller, scene.proposals) == [of_bob]
    assert await ids(scene.manager(), scene.proposals) == [of_bob, *of_alice[::-1]]


async def test_the_list_is_paged_and_sifted_by_state(scene: Scene) -> None:
    alice = await scene.member()
    made = [await scene.proposed(alice) for _ in range(4)]
    done(await scene.approve(made[0]), 200)
    done(await scene.decline(made[3]), 200)
    manager, path = scene.manager(), scene.proposals
    by_state = {state: await ids(manager, f"{path}?state={state}") for state in ("open", "approved", "declined")}
    assert by_state == {
        "open": [made[2]["id"], made[1]["id"]],
        "approved": [made[0]["id"]],
        "declined": [made[3]["id"]],
    }
    first = done(await manager.get(f"{path}?limit=3"), 200)
    second = done(await manager.get(f"{path}?limit=3&cursor={first['next']}"), 200)
    assert [one["id"] for one in first["items"] + second["items"]] == [one["id"] for one in made[::-1]]
    assert second["next"] is None


@pytest.mark.parametrize("query", ["state=lost", "limit=0", "limit=201"])
async def test_a_bad_question_names_the_field(scene: Scene, query: str) -> None:
    answer = await scene.manager().get(f"{scene.proposals}?{query}")
    assert refusal(answer) == (422, "invalid-request", [query.partition("=")[0]])


async def test_a_forged_cursor_is_refused(scene: Scene) -> None:
    for forged in ("x", "W10", "WyJ4Il0"):
        answer = await scene.manager().get(scene.proposals, params={"cursor": forged})
        assert refusal(answer)[:2] == (422, "invalid-cursor")


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": "two\nlines"}, "title"),
        ({"title": None}, "title"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": "no address"}, "url"),
        ({"language": "english"}, "language"),
        ({"text": ""}, "text"),
        ({"text": "null \0 byte"}, "text"),
        ({"text": "x" * 10_001}, "text"),
        ({"state": "approved"}, "state"),
    ],
)
async def test_a_bad_proposal_names_the_field_and_keeps_nothing(
    scene: Scene, other: dict[str, Any], field: str
) -> None:
    alice = await scene.member()
    answer = await alice.caller.post(scene.proposals, {**PROPOSAL, **other})
    assert refusal(answer) == (422, "invalid-request", [field])
    assert await ids(scene.manager(), scene.proposals) == []


@pytest.mark.parametrize("reason", ["  ", None, "x" * 2_001, "null \0 byte"])
async def test_declining_needs_a_reason(scene: Scene, reason: str | None) -> None:
    proposal = await scene.proposed(await scene.member())
    assert refusal(await scene.decline(proposal, reason)) == (422, "invalid-request", ["reason"])
    assert done(await scene.manager().get(f"/proposals/{proposal['id']}"), 200)["state"] == "open"


async def test_approving_needs_a_campaign_of_the_same_programme(scene: Scene) -> None:
    proposal = await scene.proposed(await scene.member())
    elsewhere = await Scene.begun(scene.content)
    for campaign_id in (new_id(), elsewhere.campaign_id):
        answer = await scene.approve(proposal, campaign_id=str(campaign_id))
        assert refusal(answer) == (422, "unknown-campaign", ["campaign_id"])
    assert refusal(await scene.approve(proposal, campaign_id="autumn")) == (422, "invalid-request", ["campaign_id"])
    assert refusal(await scene.approve(proposal, colour="red")) == (422, "invalid-request", ["colour"])
    done(await scene.approve(proposal), 200)


async def test_who_has_not_joined_proposes_nothing(scene: Scene) -> None:
    person = scene.person()
    assert refusal(await person.post(scene.proposals, PROPOSAL))[:2] == (409, "not-enrolled")
    assert refusal(await person.get(scene.proposals))[:2] == (409, "not-enrolled")


async def test_an_enrolment_elsewhere_does_not_count_here(scene: Scene) -> None:
    elsewhere = await Scene.begun(scene.content)
    member = await elsewhere.member()
    both = scene.content.caller(
        "ambassador", programmes=[scene.programme_id, elsewhere.programme_id], subject=member.caller.subject
    )
    assert refusal(await both.post(scene.proposals, PROPOSAL))[:2] == (409, "not-enrolled")
    done(await both.post(elsewhere.proposals, PROPOSAL), 201)


async def test_who_may_do_what(scene: Scene) -> None:
    alice, bob = await scene.member(), await scene.member()
    path = f"/proposals/{(await scene.proposed(alice))['id']}"
    campaign, reason = {"campaign_id": str(scene.campaign_id)}, {"reason": "No."}
    assert refusal(await bob.caller.get(path))[:2] == (403, "not-yours")
    assert refusal(await scene.manager().post(scene.proposals, PROPOSAL))[:2] == (403, "missing-scope")
    assert refusal(await alice.caller.post(f"{path}:approve", campaign))[:2] == (403, "missing-scope")
    assert refusal(await alice.caller.post(f"{path}:decline", reason))[:2] == (403, "missing-scope")
    assert refusal(await scene.content.caller("analyst").get(path))[:2] == (403, "missing-scope")
    assert refusal(await scene.content.stranger().get(path))[:2] == (401, "missing-token")


async def test_another_programme_is_out_of_reach(scene: Scene) -> None:
    path = f"/proposals/{(await scene.proposed(await scene.member()))['id']}"
    manager, person = scene.foreign("manager"), scene.foreign("ambassador")
    for answer in (await person.post(scene.proposals, PROPOSAL), await person.get(scene.proposals)):
        assert refusal(answer)[:2] == (403, "foreign-programme")
    for answer in (
        await person.get(path),
        await manager.get(path),
        await manager.post(f"{path}:approve", {"campaign_id": str(scene.campaign_id)}),
        await manager.post(f"{path}:decline", {"reason": "No."}),
    ):
        assert refusal(answer)[:2] == (404, "proposal-not-found")


async def test_what_is_not_there_is_not_found(content: Running) -> None:
    manager, person = content.caller("manager"), content.caller("ambassador")
    path, nowhere = f"/proposals/{new_id()}", f"/programmes/{new_id()}/proposals"
    body = {"campaign_id": str(new_id())}
    assert refusal(await manager.get(path))[:2] == (404, "proposal-not-found")
    assert refusal(await manager.post(f"{path}:approve", body))[:2] == (404, "proposal-not-found")
    assert refusal(await manager.post(f"{path}:decline", {"reason": "No."}))[:2] == (404, "proposal-not-found")
    assert refusal(await person.post(nowhere, PROPOSAL))[:2] == (404, "programme-not-found")
    assert refusal(await manager.get(nowhere))[:2] == (404, "programme-not-found")


async def test_an_enrolment_may_come_twice_and_before_its_programme(scene: Scene) -> None:
    person, ambassador_id = scene.person(), new_id()
    event = scene.enrolled(ambassador_id, person.subject)
    unheard_of = event.model_copy(update={"ambassador_id": new_id(), "programme_id": new_id()})
    for envelope_id in ("same", "same", "again"):
        unique = f"{envelope_id}-{ambassador_id}"
        sealed = seal(event, id=unique, source="test", key="k", time=datetime.now(UTC), correlation_id="test")
        await scene.content.publish(sealed)
    await scene.content.hear(unheard_of)
    await scene.content.settled()
    made = done(await person.post(scene.proposals, PROPOSAL), 201)
    assert made["ambassador_id"] == str(ambassador_id)
    assert await scene.content.dead() == 0


async def test_proposals_are_counted_by_what_became_of_them(scene: Scene) -> None:
    before = await counted(scene.content)
    alice = await scene.member()
    done(await scene.approve(await scene.proposed(alice)), 200)
    done(await scene.decline(await scene.proposed(alice)), 200)
    after = await counted(scene.content)
    assert {state: after[state] - before.get(state, 0) for state in after} == {"open": 2, "approved": 1, "declined": 1}


async def counted(content: Running) -> dict[str, float]:
    page = (await content.stranger().get("/metrics")).text
    lines = [line for line in page.splitlines() if line.startswith("content_proposals_total{")]
    return {line.split('state="')[1].split('"')[0]: float(line.rsplit(" ", 1)[1]) for line in lines}
