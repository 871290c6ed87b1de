from libs.clock import new_id
from libs.events.sharing import TeamCreated
from tests.integration.sharing.scene import Scene
from tests.support.answers import refusal
from tests.support.harness import Running


async def test_a_team_is_told_once(scene: Scene) -> None:
    told = [event for event in await scene.sharing.told(TeamCreated) if event.programme_id == scene.programme_id]
    assert [(str(event.team_id), event.name) for event in told] == [(scene.team_id, "Repairs")]


async def test_the_same_key_makes_one_team(scene: Scene) -> None:
    manager, path = scene.manager(), f"/programmes/{scene.programme_id}/teams"
    first = await manager.post(path, {"name": "Looms"}, headers={"Idempotency-Key": "looms"})
    again = await manager.post(path, {"name": "Looms"}, headers={"Idempotency-Key": "looms"})
    assert (first.json(), again.headers["Idempotency-Replayed"]) == (again.json(), "true")
    names = [team["name"] for team in (await manager.get(path)).json()["items"]]
    assert names == ["Repairs", "Looms"]


async def test_an_ambassador_pages_through_the_teams(scene: Scene) -> None:
    path = f"/programmes/{scene.programme_id}/teams"
    for name in ("A", "B", "C"):
        await scene.manager().post(path, {"name": name})
    person = scene.person()
    first = (await person.get(f"{path}?limit=3")).json()
    second = (await person.get(f"{path}?limit=3&cursor={first['next']}")).json()
    assert [team["name"] for team in first["items"] + second["items"]] == ["Repairs", "A", "B", "C"]
    assert second["next"] is None


async def test_a_bad_cursor_is_refused(scene: Scene) -> None:
    path = f"/programmes/{scene.programme_id}/teams"
    for cursor in ("nonsense", "WyJ4Il0", "WzEsMl0", "e30"):  # the last three: ["x"], [1,2], {}
        assert refusal(await scene.person().get(f"{path}?cursor={cursor}"))[:2] == (422, "invalid-cursor")


async def test_a_bad_name_is_named(scene: Scene) -> None:
    path = f"/programmes/{scene.programme_id}/teams"
    for name in ("  ", "x" * 121, "a\u0000b", "two\nlines", None):
        assert refusal(await scene.manager().post(path, {"name": name})) == (422, "invalid-request", ["name"])


async def test_a_programme_nobody_told_of_is_not_found(sharing: Running) -> None:
    path = f"/programmes/{new_id()}/teams"
    manager = sharing.caller("manager")
    assert refusal(await manager.post(path, {"name": "A"}))[:2] == (404, "programme-not-found")
    assert refusal(await manager.get(path))[:2] == (404, "programme-not-found")


async def test_only_managers_of_the_programme_add_teams(scene: Scene) -> None:
    path = f"/programmes/{scene.programme_id}/teams"
    assert refusal(await scene.person().post(path, {"name": "A"}))[:2] == (403, "missing-scope")
    foreign = scene.sharing.caller("manager", programmes=[new_id()])
    assert refusal(await foreign.post(path, {"name": "A"}))[:2] == (403, "foreign-programme")
    assert refusal(await foreign.get(path))[:2] == (403, "foreign-programme")
    assert refusal(await scene.sharing.stranger().get(path))[:2] == (401, "missing-token")
