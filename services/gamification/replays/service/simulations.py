"""Trying a version of the rules on a season: a few ambassadors at a time, by whoever is free; nothing is booked."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from libs.clock import Clock
from libs.storage.database import Database, Transaction
from libs.telemetry.logs import logger
from services.gamification.ledger import service as ledger
from services.gamification.members import service as members
from services.gamification.replays import store
from services.gamification.replays.domain import Outcome, Who
from services.gamification.replays.errors import SimulationNotDone, SimulationNotFound, TooManySimulations
from services.gamification.replays.service import stretches_of
from services.gamification.replays.tables import SimulatedOutcome, Simulation
from services.gamification.rules import service as rules
from services.gamification.rules.domain.documents import rules_of
from services.gamification.rules.service.activations import begun_season

log = logger(__name__)

CHUNK = 200  # ambassadors whose evidence of a season is in memory at once
MOST_UNFINISHED = 5  # of one programme
KEPT = timedelta(days=30)


class Simulations:
    """Works on the simulations that were asked for; any number may work, each at another one."""

    def __init__(self, db: Database, clock: Clock) -> None:
        """Read from `db` and keep the outcomes there."""
        self._db = db
        self._clock = clock

    async def work(self) -> None:
        """Work until nothing is left that nobody else works on."""
        while await self.work_some():
            pass

    async def work_some(self) -> bool:
        """Try the rules on the next few ambassadors of one simulation; false when nothing is left to do.

        What is tried is read in a transaction that the database lets change nothing; outcomes and progress are kept in
        another, so that who is stopped in between goes on where it ended.
        """
        async with self._db.transaction() as tx:
            simulation = await store.claim_simulation(tx)
            if simulation is None:
                return False
            async with self._db.transaction() as reading:
                await store.read_only(reading)
                found = await self._outcomes(reading, simulation)
            await store.keep_outcomes(tx, simulation.id, found)
            done = len(found) < CHUNK
            simulation.counted += len(found)
            simulation.counted_to = found[-1].ambassador_id if found else simulation.counted_to
            if done:
                await store.finish(tx, simulation, now=self._clock.now())
        if done:
            log.info("simulation_finished", simulation_id=str(simulation.id), ambassadors=simulation.counted)
        return True

    async def _outcomes(self, tx: Transaction, simulation: Simulation) -> list[Outcome]:
        programme_id, season = simulation.programme_id, simulation.season
        calendar = await members.get_calendar(tx, programme_id)
        first_monday, last_monday = begun_season(calendar, season, now=self._clock.now())
        row = await rules.get_version(tx, programme_id, simulation.version)
        who = await store.ambassadors_after(tx, programme_id, simulation.counted_to, limit=CHUNK)
        in_force = await rules.rules_in_force(tx, [programme_id])
        tried = in_force.trying(programme_id, rules_of(row.document), first=first_monday, last=last_monday)
        stretches = stretches_of(programme_id, who, first_monday, last_monday)
        now = await store.season_balances(tx, programme_id, season, who)
        then = dict(now)
        for one in await ledger.outstanding(tx, stretches, {programme_id: calendar}, tried):
            if calendar.season_of_week(one.key.week) == season:
                held = then.get(one.key.ambassador_id, 0)
                then[one.key.ambassador_id] = held + one.line.milli_points - one.before
        return [Outcome(ambassador, now.get(ambassador, 0), then.get(ambassador, 0)) for ambassador in who]

    async def forget_old(self) -> None:
        """Forget simulations of which nobody has use any more."""
        async with self._db.transaction() as tx:
            await store.forget_simulations(tx, before=self._clock.now() - KEPT)


async def request(tx: Transaction, wanted: Simulation) -> Simulation:
    """Have a simulation made; the same that is still under way is returned in its place.

    Raises ProgrammeNotFound, RulesNotFound, SeasonNotFound, TooManySimulations.
    """
    calendar = await members.get_calendar(tx, wanted.programme_id)
    begun_season(calendar, wanted.season, now=wanted.requested_at)
    await rules.get_version(tx, wanted.programme_id, wanted.version)
    wanted.ambassadors = await store.count_ambassadors(tx, wanted.programme_id)
    found = await store.add_or_join(tx, wanted)
    if await store.count_unfinished(tx, wanted.programme_id) > MOST_UNFINISHED:
        raise TooManySimulations(f"wait until one of {MOST_UNFINISHED} has finished")
    return found


async def get_simulation(tx: Transaction, programme_id: UUID, simulation_id: UUID) -> Simulation:
    """Return a simulation. Raises SimulationNotFound."""
    row = await store.find_simulation(tx, simulation_id)
    if row is None or row.programme_id != programme_id:
        raise SimulationNotFound(f"the programme has no simulation {simulation_id}")
    return row


async def outcomes_of(
    tx: Transaction, row: Simulation, who: Who, last: int | None, *, limit: int
) -> Sequence[SimulatedOutcome]:
    """Return outcomes, the largest changes first, from just after place `last`. Raises SimulationNotDone."""
    if row.finished_at is None:
        raise SimulationNotDone(f"{row.counted} of {row.ambassadors} ambassadors are done", retry_after=5)
    return await store.outcomes_after(tx, row.id, who, last, limit=limit)
