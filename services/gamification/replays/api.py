"""Routes of trying rules."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query

from libs.auth.errors import ForeignProgramme
from libs.auth.principal import Principal
from libs.auth.require import require
from libs.clock import new_id
from libs.process.parts import App
from libs.web.pages import Cursor, Limit, Page, number_after, page_of
from libs.web.problems import problems
from services.gamification.members.errors import ProgrammeNotFound
from services.gamification.replays.domain import Who
from services.gamification.replays.errors import SimulationNotDone, SimulationNotFound, TooManySimulations
from services.gamification.replays.schemas import OutcomeOut, SimulationIn, SimulationOut
from services.gamification.replays.service import simulations
from services.gamification.replays.tables import Simulation
from services.gamification.rules.errors import RulesNotFound, SeasonNotFound

router = APIRouter(tags=["rules"])
Writer = Annotated[Principal, Depends(require("rules:write"))]
VersionNumber = Annotated[int, Path(ge=1, le=2_000_000_000)]


@router.post(
    "/programmes/{programme_id}/rules/{version}:simulate",
    status_code=202,
    operation_id="simulate_rules",
    responses=problems(ForeignProgramme, ProgrammeNotFound, RulesNotFound, SeasonNotFound, TooManySimulations),
)
async def simulate_rules(
    programme_id: UUID, version: VersionNumber, body: SimulationIn, by: Writer, app: App
) -> SimulationOut:
    """Find out what a season would be worth to everybody under a version of the rules; changes nothing."""
    by.enter(programme_id)
    wanted = Simulation(
        id=new_id(), programme_id=programme_id, version=version, season=body.season, requested_at=app.clock.now()
    )
    async with app.db.transaction() as tx:
        return SimulationOut.of(await simulations.request(tx, wanted))


@router.get(
    "/programmes/{programme_id}/simulations/{simulation_id}",
    operation_id="get_simulation",
    responses=problems(ForeignProgramme, SimulationNotFound),
)
async def get_simulation(programme_id: UUID, simulation_id: UUID, by: Writer, app: App) -> SimulationOut:
    """Return how far a simulation is and, when it is done, what it found; kept for thirty days."""
    by.enter(programme_id)
    async with app.db.transaction() as tx:
        return SimulationOut.of(await simulations.get_simulation(tx, programme_id, simulation_id))


@router.get(
    "/programmes/{programme_id}/simulations/{simulation_id}/outcomes",
    operation_id="list_outcomes",
    responses=problems(ForeignProgramme, SimulationNotFound, SimulationNotDone),
)
async def list_outcomes(
    programme_id: UUID,
    simulation_id: UUID,
    by: Writer,
    app: App,
    who: Annotated[Who, Query(description="Only who would gain, or lose.")] = "all",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[OutcomeOut]:
    """List what becomes of each ambassador; those whose points change most come first."""
    by.enter(programme_id)
    last = number_after(cursor)
    async with app.db.transaction() as tx:
        row = await simulations.get_simulation(tx, programme_id, simulation_id)
        rows = await simulations.outcomes_of(tx, row, who, last, limit=limit + 1)
    return page_of(rows, limit, shape=OutcomeOut.of, position=lambda one: [one.place])
