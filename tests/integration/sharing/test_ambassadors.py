import asyncio
import json
from datetime import date

import pytest

from libs.auth.person_keys import PersonKeys
from libs.clock import new_id
from libs.events.sharing import AmbassadorEnrolled
from tests.integration.sharing.scene import Scene
from tests.support.answers import refusal
from tests.support.harness import PERSON_KEY, Caller


async def enrol(scene: Scene, caller: Caller, **other: object) -> tuple[int, str, list[str]]:
    path = f"/programmes/{scene.programme_id}/ambassadors"
    return refusal(await caller.post(path, scene.enrolment(**other)))


async def test_a_person_enrols_and_it_is_told_without_a_name(scene: Scene) -> None:
    found = await scene.enrolled(person := scene.person())
    told = [e for e in await scene.sharing.envelopes(AmbassadorEnrolled) if e.data["ambassador_id"] == found["id"]]
    event = AmbassadorEnrolled.model_validate(told[0].data)
    assert len(told) == 1
    assert told[0].partitionkey == found["id"]
    assert (event.programme_id, str(event.team_id)) == (scene.programme_id, scene.team_id)
    assert event.subject_key == PersonKeys(PERSON_KEY).of_subject(person.subject)
    assert event.enrolled_on == date(2026, 11, 18)
    assert "Léa" not in json.dumps(told[0].data, ensure_ascii=False)


async def test_the_name_is_put_into_the_bucket(scene: Scene) -> None:
    found = await scene.enrolled(scene.person(), display_name="  Zoé Noël ")
    await scene.sharing.settled()
    bucket = await scene.sharing.parts.connection.client.jetstream().key_value("profiles")
    entry = await bucket.get(found["id"])
    assert json.loads(entry.value or b"") == {"name": "Zoé Noël", "team_id": scene.team_id, "team": "Repairs"}


async def test_the_subject_is_stored_as_a_key_only(scene: Scene) -> None:
    person = scene.person()
    await scene.enrolled(person)
    for table in ("ambassador", "idempotency", "outbox"):
        found = await scene.sharing.rows(
            f"SELECT count(*) AS n FROM {table} t WHERE t::text LIKE '%' || :subject || '%'",  # noqa: S608 - a literal
            subject=person.subject,
        )
        assert found[0]["n"] == 0


async def test_one_person_is_one_ambassador_even_when_asking_twice_at_once(scene: Scene) -> None:
    person, path = scene.person(), f"/programmes/{scene.programme_id}/ambassadors"
    answers = await asyncio.gather(*(person.post(path, scene.enrolment()) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert await enrol(scene, person) == (409, "already-enrolled", [])


async def test_an_enrolment_sent_again_under_its_key_is_answered_again(scene: Scene) -> None:
    person, path = scene.person(), f"/programmes/{scene.programme_id}/ambassadors"
    key = {"Idempotency-Key": "join"}
    first = await person.post(path, scene.enrolment(), headers=key)
    again = await person.post(path, scene.enrolment(), headers=key)
    assert (again.status_code, again.json()) == (201, first.json())


@pytest.mark.parametrize("version", [1, 3])
async def test_another_charter_than_the_one_in_force_is_refused(scene: Scene, version: int) -> None:
    assert await enrol(scene, scene.person(), charter_version=version) == (
        409,
        "charter-outdated",
        ["charter_version"],
    )


async def test_a_team_of_another_programme_is_unknown(scene: Scene) -> None:
    foreign = await Scene(sharing=scene.sharing, clock=scene.clock).begin()
    for team_id in (str(new_id()), foreign.team_id):
        assert await enrol(scene, scene.person(), team_id=team_id) == (422, "unknown-team", ["team_id"])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("display_name", " "),
        ("display_name", "a\u0000"),
        ("language", "english"),
        ("charter_version", 0),
        ("team_id", "7"),
        ("colour", "red"),
    ],
)
async def test_a_bad_enrolment_names_the_field(scene: Scene, field: str, value: object) -> None:
    assert await enrol(scene, scene.person(), **{field: value}) == (422, "invalid-request", [field])


async def test_nobody_enrols_another_person(scene: Scene) -> None:
    assert (await enrol(scene, scene.manager()))[:2] == (403, "missing-scope")
    foreign = scene.sharing.caller("ambassador", programmes=[new_id()])
    assert (await enrol(scene, foreign))[:2] == (403, "foreign-programme")


async def test_an_ambassador_is_shown_to_managers_and_to_themself(scene: Scene) -> None:
    alice, bob = await scene.member(), await scene.member()
    path = f"/ambassadors/{alice.id}"
    assert (await alice.caller.get(path)).json() == (await scene.manager().get(path)).json()
    assert refusal(await bob.caller.get(path))[:2] == (403, "not-yours")
    foreign = scene.sharing.caller("manager", programmes=[new_id()])
    assert refusal(await foreign.get(path))[:2] == (404, "ambassador-not-found")
    assert refusal(await scene.manager().get(f"/ambassadors/{new_id()}"))[:2] == (404, "ambassador-not-found")


async def test_managers_page_through_the_ambassadors(scene: Scene) -> None:
    members = [str((await scene.member(consent=False)).id) for _ in range(3)]
    path = f"/programmes/{scene.programme_id}/ambassadors"
    first = (await scene.manager().get(f"{path}?limit=2")).json()
    second = (await scene.manager().get(f"{path}?limit=2&cursor={first['next']}")).json()
    assert [row["id"] for row in first["items"] + second["items"]] == members
    assert refusal(await scene.person().get(path))[:2] == (403, "missing-scope")


async def test_me_is_every_ambassador_that_the_caller_is_in_the_programmes_of_the_token(scene: Scene) -> None:
    other = await Scene(sharing=scene.sharing, clock=scene.clock).begin()
    here = await scene.enrolled(scene.person("both"))
    there = await other.enrolled(other.person("both"))
    everywhere = scene.sharing.caller("ambassador", subject="both")
    found = (await everywhere.get("/me")).json()["ambassadors"]
    assert found == [{**here, "consents": []}, {**there, "consents": []}]
    assert [row["id"] for row in (await scene.person("both").get("/me")).json()["ambassadors"]] == [here["id"]]
    assert (await scene.person().get("/me")).json() == {"ambassadors": []}
