import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from deploy.local.servers.nats import NatsServer
from libs.clock import new_id
from tests.support.builders import Programme
from tests.support.gamification import gamification_at
from tests.support.harness import Running, Stage
from tests.support.inspection import CLOCK, enrolled, holds_of, manager_of, night, rushed


@pytest.fixture(scope="module")
async def gamification(stage: Stage, broker: NatsServer) -> AsyncIterator[Running]:
    async with gamification_at(CLOCK, stage, broker) as running:
        yield running


def limits_path(programme: Programme) -> str:
    return f"/programmes/{programme.id}/integrity/limits"


async def test_a_programmes_own_limits_decide_and_a_finding_keeps_those_it_was_made_with(
    gamification: Running, programme: Programme
) -> None:
    manager, path = manager_of(gamification, programme), limits_path(programme)
    products = (await manager.get(path)).json()
    assert (products["version"], products["set_at"], products["burst"]) == (
        1,
        None,
        {"people": 20, "within_seconds": 60},
    )
    stricter = {"version": 1, "burst": {"people": 10}, "crowd": {"people": 30}}
    made = await manager.put(path, stricter)
    assert (made.status_code, made.json()["version"], made.json()["pod"]) == (200, 2, products["pod"])
    assert (await manager.put(path, stricter)).json() == made.json()
    who, caller = await enrolled(gamification, programme)
    await gamification.hear(*rushed(programme, who, people=12))
    await night(gamification)
    (hold,) = await holds_of(gamification, programme)
    assert (hold["limits"], hold["limits_version"]) == ({"people": 10, "within_seconds": 60}, 2)
    assert (await manager.put(path, {"version": 2})).json()["burst"] == products["burst"]
    (same,) = (await caller.get("/me/holds")).json()["items"]
    assert (same["limits"], same["figures"]) == (hold["limits"], {"people": 12, "within_seconds": 60})
    earlier = await manager.get(path, params={"version": 2})
    assert (earlier.json()["burst"]["people"], (await manager.get(path)).json()["version"]) == (10, 3)
    other, _ = await enrolled(gamification, programme)
    await gamification.hear(*rushed(programme, other, people=12))
    await night(gamification)
    assert len(await holds_of(gamification, programme)) == 1


async def test_limits_that_others_changed_meanwhile_are_not_overwritten(
    gamification: Running, programme: Programme
) -> None:
    await gamification.settled()
    manager, path = manager_of(gamification, programme), limits_path(programme)
    tries = [manager.put(path, {"version": 1, "burst": {"people": people}}) for people in range(30, 40)]
    answered = await asyncio.gather(*tries)
    assert sorted(one.status_code for one in answered) == [200] + [409] * 9
    (won,) = [one.json() for one in answered if one.status_code == 200]
    assert (await manager.get(path)).json() == won
    lost = next(one for one in answered if one.status_code == 409).json()
    assert (lost["type"], lost["errors"][0]["field"]) == ("urn:timbre:problem:limits-changed", "version")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"pod": {"members": 2}}, "pod.members"),
        ({"pod": {"density": 1}}, "pod.density"),
        ({"pod": {"inside": 0.1}}, "pod.inside"),
        ({"crowd": {"in_a_row": 1}}, "crowd.in_a_row"),
        ({"crowd": {"alike": "most"}}, "crowd.alike"),
        ({"burst": {"people": 4}}, "burst.people"),
        ({"burst": {"within_seconds": 2.5}}, "burst.within_seconds"),
        ({"burst": {"colour": 1}}, "burst.colour"),
        ({"version": 0}, "version"),
    ],
)
async def test_limits_out_of_range_are_refused_with_their_field(
    gamification: Running, programme: Programme, wrong: dict[str, Any], field: str
) -> None:
    await gamification.settled()
    manager, path = manager_of(gamification, programme), limits_path(programme)
    refused = await manager.put(path, {"version": 1, **wrong})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)
    assert refused.json()["errors"][0]["reason"]
    assert (await manager.get(path)).json()["version"] == 1


async def test_limits_are_the_managers_of_the_programme(gamification: Running, programme: Programme) -> None:
    await gamification.settled()
    path, body = limits_path(programme), {"version": 1, "burst": {"people": 30}}
    person, foreign = (
        gamification.caller("ambassador", programmes=[programme.id]),
        manager_of(gamification, Programme()),
    )
    for caller in (person, foreign):
        assert (await caller.get(path)).status_code == 403
        assert (await caller.put(path, body)).status_code == 403
    nowhere = await gamification.caller("admin").put(f"/programmes/{new_id()}/integrity/limits", body)
    assert (nowhere.status_code, nowhere.json()["type"]) == (404, "urn:timbre:problem:programme-not-found")
    missing = await manager_of(gamification, programme).get(path, params={"version": 9})
    assert missing.json()["type"] == "urn:timbre:problem:limits-not-found"
