import pytest

from libs.clock import new_id
from libs.events.gamification import LevelReached
from tests.support.builders import Programme, answer, example_a, reading
from tests.support.harness import Caller, Running


def manager(gamification: Running, programme: Programme) -> Caller:
    return gamification.caller("manager", programmes=[programme.id])


async def test_points_lead_to_a_level_and_it_is_told_once(gamification: Running, programme: Programme) -> None:
    author = new_id()
    events = example_a(programme, author)  # 25.12 points
    await gamification.hear(programme.enrolled(author), *events, *events)
    await gamification.settled()
    found = (await manager(gamification, programme).get(f"/ambassadors/{author}/progress")).json()
    assert (found["level"], found["points"], found["next_at"], found["done"]) == (1, 25.12, 30, 0.756)
    told = [event for event in await gamification.told(LevelReached) if event.ambassador_id == author]
    assert [(event.before, event.level, event.needed) for event in told] == [(0, 1, 10)]


async def test_only_a_correction_takes_a_level_away(gamification: Running, programme: Programme) -> None:
    author = new_id()
    share = programme.share(author)
    await gamification.hear(share, programme.counted(reading(share, "reaction", 30, days=1)))
    await gamification.settled()
    await gamification.hear(programme.counted(reading(share, "reaction", 1, days=2)))
    told = [event for event in await gamification.told(LevelReached) if event.ambassador_id == author]
    assert [(event.before, event.level) for event in told] == [(0, 1), (1, 0)]


async def test_a_new_ladder_lifts_at_once_and_lowers_nobody(gamification: Running, programme: Programme) -> None:
    author, caller = new_id(), manager(gamification, programme)
    await gamification.hear(programme.enrolled(author), *example_a(programme, author))
    await gamification.settled()
    levels = f"/programmes/{programme.id}/levels"
    for points, level in (([5, 10, 20], 3), ([100, 200, 300], 3)):
        assert (await caller.put(levels, {"points": points})).status_code == 200
        assert (await caller.get(levels)).json()["points"] == points
        assert (await caller.get(f"/ambassadors/{author}/progress")).json()["level"] == level
    more = programme.share(author)
    await gamification.hear(more, programme.recorded(answer(more, "c")))
    await gamification.settled()
    assert (await caller.get(f"/ambassadors/{author}/progress")).json()["level"] == 3
    assert (await manager(gamification, Programme()).put(levels, {"points": [1]})).status_code == 403


@pytest.mark.parametrize("points", [[], [0], [10, 10], [20, 10], [1.5], ["x"]], ids=str)
async def test_a_ladder_that_does_not_rise_is_refused(
    gamification: Running, programme: Programme, points: list[object]
) -> None:
    caller = manager(gamification, programme)
    answered = await caller.put(f"/programmes/{programme.id}/levels", {"points": points})
    assert (answered.status_code, answered.json()["type"]) == (422, "urn:timbre:problem:invalid-request")
    assert (await caller.get(f"/programmes/{programme.id}/levels")).json()["points"][0] == 10


async def test_progress_is_private(gamification: Running, programme: Programme) -> None:
    author = new_id()
    await gamification.hear(
        programme.enrolled(author, subject_key=gamification.parts.person_keys.of_subject("climber"))
    )
    await gamification.settled()
    path = f"/ambassadors/{author}/progress"
    own = gamification.caller("ambassador", programmes=[programme.id], subject="climber")
    other = gamification.caller("ambassador", programmes=[programme.id])
    assert (await own.get(path)).json()["level"] == 0
    assert (await other.get(path)).json()["type"] == "urn:timbre:problem:not-yours"
    assert (await own.put(f"/programmes/{programme.id}/levels", {"points": [1]})).status_code == 403
    assert (await manager(gamification, Programme()).get(path)).status_code == 404
    assert (await own.get(f"/ambassadors/{new_id()}/progress")).status_code == 404


async def test_a_ladder_needs_a_programme(gamification: Running) -> None:
    answered = await gamification.caller("admin").put(f"/programmes/{new_id()}/levels", {"points": [1]})
    assert (answered.status_code, answered.json()["type"]) == (404, "urn:timbre:problem:programme-not-found")
