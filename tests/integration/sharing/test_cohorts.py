import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import httpx
import pytest

from libs.clock import new_id
from libs.events.sharing import CohortFormed
from tests.integration.sharing.scene import Member, Scene
from tests.support.answers import done, refusal
from tests.support.harness import Caller, Running


def path_of(scene: Scene) -> str:
    return f"/programmes/{scene.programme_id}/cohorts"


def ids_of(members: Sequence[Member]) -> list[str]:
    return [str(member.id) for member in members]


async def people(scene: Scene, number: int) -> list[Member]:
    return [await scene.member(consent=False) for _ in range(number)]


async def form(scene: Scene, members: Sequence[Member], **other: Any) -> httpx.Response:
    return await scene.manager().post(path_of(scene), {"name": "Beginners", "ambassador_ids": ids_of(members), **other})


async def change(scene: Scene, cohort: dict[str, Any], ids: Sequence[object]) -> httpx.Response:
    return await scene.manager().put(f"/cohorts/{cohort['id']}/members", {"ambassador_ids": ids})


async def told(scene: Scene) -> list[CohortFormed]:
    return [event for event in await scene.sharing.told(CohortFormed) if event.programme_id == scene.programme_id]


async def listed(caller: Caller, scene: Scene) -> list[dict[str, Any]]:
    return list(done(await caller.get(path_of(scene)), 200)["items"])


async def test_a_cohort_is_formed_and_told_with_its_members(scene: Scene) -> None:
    members = await people(scene, 4)
    made = done(await form(scene, members[::-1], name="  Beginners "), 201)
    assert (made["name"], made["version"], made["formed_at"]) == ("Beginners", 1, made["changed_at"])
    assert made["ambassador_ids"] == sorted(ids_of(members))
    assert done(await scene.manager().get(f"/cohorts/{made['id']}"), 200) == made
    (event,) = await told(scene)
    assert (str(event.cohort_id), event.name, event.version) == (made["id"], "Beginners", 1)
    assert [str(one) for one in event.ambassador_ids] == made["ambassador_ids"]


async def test_each_change_tells_all_members_under_a_higher_version(scene: Scene) -> None:
    members = await people(scene, 9)
    cohort = done(await form(scene, members[:4]), 201)
    scene.clock.forward(minutes=1)
    changed = done(await change(scene, cohort, ids_of(members[1:9])), 200)
    assert (changed["version"], changed["ambassador_ids"]) == (2, sorted(ids_of(members[1:9])))
    assert changed["changed_at"] > changed["formed_at"] == cohort["formed_at"]
    assert [(event.version, len(event.ambassador_ids)) for event in await told(scene)] == [(1, 4), (2, 8)]


async def test_the_same_members_again_say_nothing_new(scene: Scene) -> None:
    members = await people(scene, 4)
    cohort = done(await form(scene, members), 201)
    scene.clock.forward(minutes=1)
    assert done(await change(scene, cohort, ids_of(members[::-1])), 200) == cohort
    assert len(await told(scene)) == 1


async def test_who_left_a_cohort_may_join_another(scene: Scene) -> None:
    members = await people(scene, 8)
    first = done(await form(scene, members[:5]), 201)
    refused = await form(scene, members[4:])
    assert refusal(refused) == (409, "already-in-cohort", ["ambassador_ids[0]"])
    assert first["id"] in refused.json()["errors"][0]["reason"]
    done(await change(scene, first, ids_of(members[:4])), 200)
    done(await form(scene, members[4:]), 201)


async def test_a_dissolved_cohort_lets_its_members_go(scene: Scene) -> None:
    members = await people(scene, 4)
    cohort = done(await form(scene, members), 201)
    path = f"/cohorts/{cohort['id']}"
    answer = await scene.manager().delete(path)
    assert (answer.status_code, answer.content) == (204, b"")
    assert refusal(await scene.manager().get(path))[:2] == (404, "cohort-not-found")
    assert refusal(await scene.manager().delete(path))[:2] == (404, "cohort-not-found")
    assert [(event.version, len(event.ambassador_ids)) for event in await told(scene)] == [(1, 4), (2, 0)]
    again = done(await form(scene, members), 201)
    assert await listed(scene.manager(), scene) == [again]


async def test_a_refused_change_changes_nothing(scene: Scene) -> None:
    members = await people(scene, 9)
    first, second = done(await form(scene, members[:4]), 201), done(await form(scene, members[4:8]), 201)
    refused = await change(scene, first, [*ids_of(members[:4]), str(members[8].id), str(members[4].id)])
    assert refusal(refused) == (409, "already-in-cohort", ["ambassador_ids[5]"])
    assert await listed(scene.manager(), scene) == [first, second]
    assert len(await told(scene)) == 2


async def test_strangers_are_named_by_their_place(scene: Scene, sharing: Running) -> None:
    members, elsewhere = await people(scene, 4), await Scene(sharing=sharing, clock=scene.clock).begin()
    foreigner = await elsewhere.member(consent=False)
    ids = [*ids_of(members), str(foreigner.id), str(new_id())]
    expected = (422, "unknown-ambassador", ["ambassador_ids[4]", "ambassador_ids[5]"])
    assert refusal(await form(scene, [], ambassador_ids=ids)) == expected
    cohort = done(await form(scene, members), 201)
    assert refusal(await change(scene, cohort, ids)) == expected


@pytest.mark.parametrize("number", [0, 3, 9])
async def test_a_cohort_has_four_to_eight_members(scene: Scene, number: int) -> None:
    members = await people(scene, 9)
    expected = (422, "invalid-request", ["ambassador_ids"])
    assert refusal(await form(scene, members[:number])) == expected
    cohort = done(await form(scene, members[:4]), 201)
    assert refusal(await change(scene, cohort, ids_of(members[:number]))) == expected
    assert await listed(scene.manager(), scene) == [cohort]


async def test_nobody_is_a_member_twice(scene: Scene) -> None:
    (alice, *others) = await people(scene, 4)
    answer = await form(scene, [alice, *others, alice])
    assert refusal(answer) == (422, "invalid-request", ["ambassador_ids"])
    assert answer.json()["errors"][0]["reason"] == "must not name an ambassador twice"


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "two\nlines"}, "name"),
        ({"name": "null \0 byte"}, "name"),
        ({"ambassador_ids": None}, "ambassador_ids"),
        ({"ambassador_ids": ["x", *[str(UUID(int=n)) for n in range(3)]]}, "ambassador_ids[0]"),
        ({"version": 7}, "version"),
    ],
)
async def test_a_bad_cohort_names_the_field(scene: Scene, other: dict[str, Any], field: str) -> None:
    assert refusal(await form(scene, await people(scene, 4), **other)) == (422, "invalid-request", [field])
    assert await listed(scene.manager(), scene) == []


async def test_the_same_key_forms_one_cohort(scene: Scene) -> None:
    body = {"name": "Beginners", "ambassador_ids": ids_of(await people(scene, 4))}
    manager, headers = scene.manager(), {"Idempotency-Key": "beginners"}
    first, again = [await manager.post(path_of(scene), body, headers=headers) for _ in range(2)]
    assert (first.json(), again.headers["Idempotency-Replayed"]) == (again.json(), "true")
    assert await listed(manager, scene) == [first.json()]


async def test_of_cohorts_formed_at_once_one_gets_the_members(scene: Scene) -> None:
    members = await people(scene, 5)
    answers = await asyncio.gather(*(form(scene, members[n % 2 : 4 + n % 2]) for n in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert len(await told(scene)) == 1


async def test_changes_made_at_once_follow_each_other(scene: Scene) -> None:
    members = await people(scene, 8)
    cohort = done(await form(scene, members[:4]), 201)
    wanted = [ids_of(members[:number]) for number in (5, 6, 7, 8)]
    for answer in await asyncio.gather(*(change(scene, cohort, ids) for ids in wanted)):
        done(answer, 200)
    events = await told(scene)
    assert [event.version for event in events] == [1, 2, 3, 4, 5]
    (found,) = await listed(scene.manager(), scene)
    assert [str(one) for one in events[-1].ambassador_ids] == found["ambassador_ids"]


async def test_a_member_sees_their_cohort_and_no_other(scene: Scene) -> None:
    members = await people(scene, 9)
    mine, other = done(await form(scene, members[:4]), 201), done(await form(scene, members[4:8]), 201)
    me, alone = members[0].caller, members[8].caller
    assert await listed(me, scene) == [mine]
    assert await listed(alone, scene) == []
    assert await listed(scene.sharing.caller("analyst"), scene) == [mine, other]
    assert done(await me.get(f"/cohorts/{mine['id']}"), 200) == mine
    assert refusal(await me.get(f"/cohorts/{other['id']}"))[:2] == (403, "not-yours")
    assert refusal(await scene.person().get(f"/cohorts/{mine['id']}"))[:2] == (409, "not-enrolled")
    assert refusal(await scene.person().get(path_of(scene)))[:2] == (409, "not-enrolled")


async def test_a_manager_pages_through_the_cohorts(scene: Scene) -> None:
    members = await people(scene, 12)
    made = [done(await form(scene, members[n : n + 4]), 201) for n in (0, 4, 8)]
    first = done(await scene.manager().get(f"{path_of(scene)}?limit=2"), 200)
    second = done(await scene.manager().get(f"{path_of(scene)}?limit=2&cursor={first['next']}"), 200)
    assert first["items"] + second["items"] == made
    assert second["next"] is None
    assert refusal(await scene.manager().get(f"{path_of(scene)}?cursor=W10"))[:2] == (422, "invalid-cursor")


async def test_only_managers_of_the_programme_form_and_change(scene: Scene) -> None:
    members = await people(scene, 5)
    cohort = done(await form(scene, members[:4]), 201)
    path, body = f"/cohorts/{cohort['id']}", {"ambassador_ids": ids_of(members)}
    foreign = scene.sharing.caller("manager", programmes=[new_id()])
    for caller, expected in (
        (members[0].caller, (403, "missing-scope")),
        (foreign, (404, "cohort-not-found")),
        (scene.sharing.stranger(), (401, "missing-token")),
    ):
        assert refusal(await caller.put(f"{path}/members", body))[:2] == expected
        assert refusal(await caller.delete(path))[:2] == expected
        forming = (403, "foreign-programme") if caller is foreign else expected
        assert refusal(await caller.post(path_of(scene), {"name": "A", **body}))[:2] == forming
    assert refusal(await foreign.get(path))[:2] == (404, "cohort-not-found")
    assert refusal(await foreign.get(path_of(scene)))[:2] == (403, "foreign-programme")
    assert await listed(scene.manager(), scene) == [cohort]


async def test_what_is_not_there_is_not_found(scene: Scene, sharing: Running) -> None:
    manager, ids = sharing.caller("manager"), ids_of(await people(scene, 4))
    path, nowhere = f"/cohorts/{new_id()}", f"/programmes/{new_id()}/cohorts"
    assert refusal(await manager.get(path))[:2] == (404, "cohort-not-found")
    assert refusal(await manager.put(f"{path}/members", {"ambassador_ids": ids}))[:2] == (404, "cohort-not-found")
    assert refusal(await manager.get(nowhere))[:2] == (404, "programme-not-found")
    body = {"name": "A", "ambassador_ids": ids}
    assert refusal(await manager.post(nowhere, body))[:2] == (404, "programme-not-found")
