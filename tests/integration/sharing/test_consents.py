import asyncio
from typing import Any

import pytest

from libs.auth.person_keys import PersonKeys
from libs.clock import new_id
from libs.events.sharing import ConsentGiven, ConsentWithdrawn
from tests.integration.sharing.scene import Member, Scene
from tests.support.answers import refusal
from tests.support.harness import PERSON_KEY


async def given(scene: Scene, member: Member) -> list[ConsentGiven]:
    return [event for event in await scene.sharing.told(ConsentGiven) if event.ambassador_id == member.id]


async def test_a_consent_is_told_with_the_key_of_the_handle(scene: Scene) -> None:
    alice = await scene.member(consent=False)
    answer = await alice.consent("linkedin", mode="validate", handle=" @Lea.Martin ", audience=420)
    assert answer == {
        "network": "linkedin",
        "mode": "validate",
        "has_handle": True,
        "audience": 420,
        "given_at": scene.clock.now().isoformat().replace("+00:00", "Z"),
    }
    (event,) = await given(scene, alice)
    assert (event.programme_id, event.network, event.mode) == (scene.programme_id, "linkedin", "validate")
    assert event.person_key == PersonKeys(PERSON_KEY).of_handle("linkedin", "lea.martin")
    assert (await alice.caller.get("/me")).json()["ambassadors"][0]["consents"] == [answer]


async def test_the_handle_itself_is_nowhere(scene: Scene) -> None:
    alice = await scene.member(consent=False)
    await alice.consent("x", handle="very-private-handle")
    for table in ("consent", "ambassador", "idempotency"):
        found = await scene.sharing.rows(
            f"SELECT count(*) AS n FROM {table} t WHERE t::text ILIKE '%very-private%'"  # noqa: S608 - a literal
        )
        assert found[0]["n"] == 0


async def test_the_same_consent_again_says_nothing_new_and_another_replaces_it(scene: Scene) -> None:
    alice = await scene.member(consent=False)
    first = await alice.consent("x", handle="lea")
    scene.clock.forward(minutes=1)
    assert await alice.consent("x", handle="lea") == first
    second = await alice.consent("x", mode="delegated")
    assert [event.mode for event in await given(scene, alice)] == ["manual", "delegated"]
    assert (await alice.caller.get("/me")).json()["ambassadors"][0]["consents"] == [second]
    kept = await scene.sharing.rows(
        "SELECT mode, ended_at FROM consent WHERE ambassador_id = :id ORDER BY given_at", id=alice.id
    )
    assert [(row["mode"], row["ended_at"]) for row in kept] == [("manual", scene.clock.now()), ("delegated", None)]


async def test_withdrawing_is_told_once(scene: Scene) -> None:
    alice = await scene.member()
    path = f"/ambassadors/{alice.id}/consents/linkedin"
    for _ in range(2):
        answer = await alice.caller.delete(path)
        assert (answer.status_code, answer.content) == (204, b"")
    told = [event for event in await scene.sharing.told(ConsentWithdrawn) if event.ambassador_id == alice.id]
    assert [(event.network, event.withdrawn_at) for event in told] == [("linkedin", scene.clock.now())]
    assert (await alice.caller.get("/me")).json()["ambassadors"][0]["consents"] == []


async def test_only_the_ambassador_gives_and_withdraws(scene: Scene) -> None:
    alice, bob = await scene.member(), await scene.member()
    path = f"/ambassadors/{alice.id}/consents/linkedin"
    assert refusal(await bob.caller.put(path, {"mode": "manual"}))[:2] == (403, "not-yours")
    assert refusal(await bob.caller.delete(path))[:2] == (403, "not-yours")
    assert refusal(await scene.manager().put(path, {"mode": "manual"}))[:2] == (403, "missing-scope")
    foreign = scene.sharing.caller("ambassador", programmes=[new_id()], subject=alice.caller.subject)
    assert refusal(await foreign.put(path, {"mode": "manual"}))[:2] == (404, "ambassador-not-found")
    nobody = f"/ambassadors/{new_id()}/consents/linkedin"
    assert refusal(await alice.caller.put(nobody, {"mode": "manual"}))[:2] == (404, "ambassador-not-found")
    assert (await alice.caller.get("/me")).json()["ambassadors"][0]["consents"][0]["audience"] == 500


@pytest.mark.parametrize(
    ("network", "terms", "field"),
    [
        ("myspace", {}, "network"),
        ("x", {"mode": "always"}, "mode"),
        ("x", {"handle": " "}, "handle"),
        ("x", {"audience": -1}, "audience"),
        ("x", {"audience": 10**12}, "audience"),
        ("x", {"colour": "red"}, "colour"),
    ],
)
async def test_bad_terms_name_the_field(scene: Scene, network: str, terms: dict[str, Any], field: str) -> None:
    alice = await scene.member(consent=False)
    answer = await alice.caller.put(f"/ambassadors/{alice.id}/consents/{network}", {"mode": "manual", **terms})
    assert refusal(answer) == (422, "invalid-request", [field])


async def test_of_consents_given_at_once_one_is_in_force(scene: Scene) -> None:
    alice = await scene.member(consent=False)
    await asyncio.gather(*(alice.consent("x", audience=n) for n in range(5)))
    assert len((await alice.caller.get("/me")).json()["ambassadors"][0]["consents"]) == 1
    assert len(await given(scene, alice)) == 5
