"""Trying rules on a season: a job that tells how far it is, survives whoever works on it, and changes nothing."""

import random
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest

from libs.clock import SystemClock, new_id
from services.gamification.replays import store
from services.gamification.replays.domain import Outcome
from services.gamification.replays.errors import SimulationNotDone, TooManySimulations
from services.gamification.replays.service import simulations
from services.gamification.replays.service.simulations import Simulations
from services.gamification.replays.tables import Simulation
from tests.integration.gamification.test_replay import busy_season, drafted, path, simulated
from tests.support.builders import WEDNESDAY, Programme
from tests.support.harness import Caller, Running


@pytest.fixture
def manager(gamification: Running, programme: Programme) -> Caller:
    return gamification.caller("manager", programmes=[programme.id])


def gini(totals: list[int]) -> float:
    """Half the mean difference of all pairs, over the mean."""
    n, whole = len(totals), sum(totals)
    pairs = sum(abs(one - other) for one in totals for other in totals)
    return float(Fraction(pairs, 2 * n * whole)) if whole else 0.0


async def asked(gamification: Running, programme: Programme, **more: Any) -> Simulation:
    """A simulation that nobody works on: it is finished for whoever looks for work."""
    row = Simulation(id=new_id(), programme_id=programme.id, version=1, season="S001", requested_at=WEDNESDAY, **more)
    async with gamification.parts.db.transaction() as tx:
        tx.session.add(row)
    return row


async def test_a_simulation_of_the_rules_in_force_changes_nobody(
    gamification: Running, manager: Caller, programme: Programme
) -> None:
    await gamification.hear(*busy_season(programme, 17))
    await gamification.settled()
    found = await simulated(manager, programme, 1)
    assert (found["gaining"], found["losing"], found["unchanged"]) == (0, 0, found["ambassadors"])
    assert found["gini_now"] == found["gini_then"] > 0
    assert found["points_now"] == found["points_then"] > 0
    assert all(one["rank_now"] == one["rank_then"] for one in found["items"])


async def test_a_simulation_needs_a_season_that_has_begun_and_a_version_that_exists(
    gamification: Running, manager: Caller, programme: Programme
) -> None:
    future = await manager.post(path(programme, 1, ":simulate"), {"season": "S900"})
    unknown = await manager.post(path(programme, 9, ":simulate"), {"season": "S001"})
    malformed = await manager.post(path(programme, 1, ":simulate"), {"season": "winter"})
    assert (future.status_code, unknown.status_code, malformed.status_code) == (404, 404, 422)
    foreign = gamification.caller("manager", programmes=[])
    assert (await foreign.post(path(programme, 1, ":simulate"), {"season": "S001"})).status_code == 403


async def test_a_simulation_belongs_to_its_programme(
    gamification: Running, manager: Caller, programme: Programme
) -> None:
    found = await simulated(manager, programme, 1)
    foreign, elsewhere = gamification.caller("manager", programmes=[]), Programme()
    at_home = gamification.caller("manager", programmes=[elsewhere.id])
    for verb in ("", "/outcomes"):
        where = f"simulations/{found['simulation_id']}{verb}"
        assert (await foreign.get(f"/programmes/{programme.id}/{where}")).status_code == 403
        assert (await at_home.get(f"/programmes/{elsewhere.id}/{where}")).status_code == 404


@pytest.mark.parametrize("seed", range(4))
async def test_ranks_and_coefficients_are_those_of_the_definitions(
    gamification: Running, manager: Caller, programme: Programme, seed: int
) -> None:
    chance = random.Random(seed)
    holdings = [Outcome(new_id(), chance.randrange(6), chance.randrange(6) * (seed > 0)) for _ in range(40)]
    row = await asked(gamification, programme, finished_at=WEDNESDAY, counted=40)
    async with gamification.parts.db.transaction() as tx:
        await store.keep_outcomes(tx, row.id, holdings)
        held = await simulations.get_simulation(tx, programme.id, row.id)
        await store.finish(tx, held, now=WEDNESDAY)
    figures = (await manager.get(f"/programmes/{programme.id}/simulations/{row.id}")).json()["figures"]
    assert (figures["gini_now"], figures["gini_then"]) == pytest.approx(
        (gini([one.now for one in holdings]), gini([one.then for one in holdings])), abs=1e-4
    )
    assert figures["gaining"] == sum(one.then > one.now for one in holdings)
    assert figures["losing"] == sum(one.then < one.now for one in holdings)
    by_id = {str(one.ambassador_id): one for one in holdings}
    shown = await everybody(manager, programme, row)
    changes = [abs(by_id[one["ambassador_id"]].then - by_id[one["ambassador_id"]].now) for one in shown]
    assert (len(shown), changes) == (40, sorted(changes, reverse=True))
    for one in shown:
        own = by_id[one["ambassador_id"]]
        assert one["rank_now"] == 1 + sum(other.now > own.now for other in holdings)
        assert one["rank_then"] == 1 + sum(other.then > own.then for other in holdings)
    for who, sign in (("gaining", 1), ("losing", -1)):
        some = await everybody(manager, programme, row, who=who)
        assert len(some) == figures[who]
        assert all((one["points_then"] - one["points_now"]) * sign > 0 for one in some)


async def everybody(manager: Caller, programme: Programme, row: Simulation, **query: Any) -> list[dict[str, Any]]:
    """All outcomes, page by page."""
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        asked_for = {"limit": 7, **query, **({"cursor": cursor} if cursor else {})}
        page = (await manager.get(f"/programmes/{programme.id}/simulations/{row.id}/outcomes", params=asked_for)).json()
        found += page["items"]
        if (cursor := page["next"]) is None:
            return found


async def test_a_simulation_goes_on_where_whoever_worked_on_it_ended(
    gamification: Running, manager: Caller, programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulations, "CHUNK", 2)
    await gamification.hear(*busy_season(programme, 19, authors=7))
    await gamification.settled()
    whole = await simulated(manager, programme, 1)
    first = sorted(one["ambassador_id"] for one in whole["items"])[:2]
    row = await asked(gamification, programme, counted=2, counted_to=first[1], ambassadors=7)
    await Simulations(gamification.parts.db, SystemClock()).work()
    async with gamification.parts.db.transaction() as tx:
        held = await simulations.get_simulation(tx, programme.id, row.id)
        outcomes = await simulations.outcomes_of(tx, held, "all", None, limit=50)
    assert held.counted == 7
    assert {str(one.ambassador_id) for one in outcomes} == {
        one["ambassador_id"] for one in whole["items"] if one["ambassador_id"] not in first
    }


async def test_the_same_simulation_is_not_made_twice_at_once_and_outcomes_wait_for_the_end(
    gamification: Running, manager: Caller, programme: Programme
) -> None:
    versions = [1, *[await drafted(manager, programme) for _ in range(5)]]

    def wanted(version: int) -> Simulation:
        return Simulation(
            id=new_id(), programme_id=programme.id, version=version, season="S001", requested_at=SystemClock().now()
        )

    async with gamification.parts.db.transaction() as tx:  # not committed, so nobody works on them
        first = await simulations.request(tx, wanted(1))
        assert (await simulations.request(tx, wanted(1))).id == first.id
        with pytest.raises(SimulationNotDone):
            await simulations.outcomes_of(tx, first, "all", None, limit=5)
        for version in versions[1:5]:
            await simulations.request(tx, wanted(version))
        with pytest.raises(TooManySimulations):
            await simulations.request(tx, wanted(versions[5]))


async def test_old_simulations_are_forgotten_with_their_outcomes(gamification: Running, programme: Programme) -> None:
    now = SystemClock().now()
    old = await asked(gamification, programme, finished_at=now - simulations.KEPT - timedelta(hours=1))
    new = await asked(gamification, programme, finished_at=now - simulations.KEPT + timedelta(hours=1))
    async with gamification.parts.db.transaction() as tx:
        for row in (old, new):
            await store.keep_outcomes(tx, row.id, [Outcome(new_id(), 1, 2)])
    await Simulations(gamification.parts.db, SystemClock()).forget_old()
    left = "SELECT simulation_id FROM simulated_outcome WHERE simulation_id = ANY(:ids)"
    assert [row["simulation_id"] for row in await gamification.rows(left, ids=[old.id, new.id])] == [new.id]
