"""Routes of trying rules."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path

from libs.auth.errors import ForeignProgramme
from libs.auth.principal import Principal
from libs.auth.require import require
from libs.process.parts import App
from libs.web.problems import problems
from services.gamification.members.errors import ProgrammeNotFound
from services.gamification.replays.schemas import TrialIn, TrialOut
from services.gamification.replays.service import Trial
from services.gamification.rules.errors import RulesNotFound, SeasonNotFound

router = APIRouter(tags=["rules"])
Writer = Annotated[Principal, Depends(require("rules:write"))]
VersionNumber = Annotated[int, Path(ge=1, le=2_000_000_000)]


@router.post(
    "/programmes/{programme_id}/rules/{version}:simulate",
    operation_id="simulate_rules",
    responses=problems(ForeignProgramme, ProgrammeNotFound, RulesNotFound, SeasonNotFound),
)
async def simulate_rules(programme_id: UUID, version: VersionNumber, body: TrialIn, by: Writer, app: App) -> TrialOut:
    """Tell what a season would be worth to everybody under a version of the rules; changes nothing."""
    by.enter(programme_id)
    comparison = await Trial(app.db, app.clock, programme_id, version, season=body.season).run()
    return TrialOut.of(comparison, version=version, body=body)
