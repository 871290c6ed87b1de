"""Routes of levels."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from libs.auth.errors import ForeignProgramme, NotYours
from libs.auth.principal import Principal
from libs.auth.require import require
from libs.process.parts import App
from libs.web.problems import problems
from services.gamification.levels import service
from services.gamification.levels.schemas import LadderIn, LadderOut, ProgressOut
from services.gamification.members import service as members
from services.gamification.members.errors import AmbassadorNotFound, ProgrammeNotFound

router = APIRouter(tags=["levels"])
Reader = Annotated[Principal, Depends(require("points:read", "points:self"))]
Manager = Annotated[Principal, Depends(require("game:write"))]


@router.get(
    "/ambassadors/{ambassador_id}/progress",
    operation_id="get_progress",
    responses=problems(AmbassadorNotFound, NotYours),
)
async def get_progress(ambassador_id: UUID, by: Reader, app: App) -> ProgressOut:
    """Return the level of an ambassador and the way to the next."""
    async with app.db.transaction() as tx:
        member = await members.get_ambassador(tx, ambassador_id, among=by.programmes)
        if not by.has("points:read"):
            members.check_own(member, app.person_keys.of_subject(by.subject))
        return ProgressOut.of(ambassador_id, await service.progress_of(tx, member))


@router.get("/programmes/{programme_id}/levels", operation_id="get_levels", responses=problems(ForeignProgramme))
async def get_levels(programme_id: UUID, by: Reader, app: App) -> LadderOut:
    """Return the points that the levels of a programme need."""
    by.enter(programme_id)
    async with app.db.transaction() as tx:
        points = await service.ladder_of(tx, programme_id)
    return LadderOut(programme_id=programme_id, points=list(points))


@router.put(
    "/programmes/{programme_id}/levels",
    operation_id="change_levels",
    responses=problems(ProgrammeNotFound, ForeignProgramme),
)
async def change_levels(programme_id: UUID, body: LadderIn, by: Manager, app: App) -> LadderOut:
    """Change the points that the levels of a programme need; nobody falls by it."""
    by.enter(programme_id)
    async with app.db.transaction() as tx:
        await service.change_ladder(tx, programme_id, body.points, now=app.clock.now())
    return LadderOut(programme_id=programme_id, points=body.points)
