"""Routes of streaks."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from libs.auth.errors import NotYours
from libs.auth.principal import Principal
from libs.auth.require import require
from libs.process.parts import App
from libs.storage.database import Transaction
from libs.web.problems import problems
from services.gamification.members import service as members
from services.gamification.members.errors import AmbassadorNotFound
from services.gamification.members.tables import Member
from services.gamification.streaks import service
from services.gamification.streaks.schemas import CadenceIn, StreakOut

router = APIRouter(tags=["streaks"])
Person = Annotated[Principal, Depends(require("points:self"))]
FAILURES = problems(AmbassadorNotFound, NotYours)


async def _self(tx: Transaction, ambassador_id: UUID, by: Principal, app: App) -> Member:
    member = await members.get_ambassador(tx, ambassador_id, among=by.programmes)
    members.check_own(member, app.person_keys.of_subject(by.subject))
    return member


@router.get("/ambassadors/{ambassador_id}/streak", operation_id="get_streak", responses=FAILURES)
async def get_streak(ambassador_id: UUID, by: Person, app: App) -> StreakOut:
    """Return the cadence and the streak; only to the ambassador themself."""
    async with app.db.transaction() as tx:
        member = await _self(tx, ambassador_id, by, app)
        return StreakOut.of(ambassador_id, await service.streak_of(tx, member, now=app.clock.now()))


@router.put("/ambassadors/{ambassador_id}/cadence", operation_id="choose_cadence", responses=FAILURES)
async def choose_cadence(ambassador_id: UUID, body: CadenceIn, by: Person, app: App) -> StreakOut:
    """Choose a weekly target, a time zone, and whether the streak is paused; it holds from this week on."""
    async with app.db.transaction() as tx:
        member = await _self(tx, ambassador_id, by, app)
        chosen = await service.choose_cadence(tx, member, **body.model_dump(), now=app.clock.now())
    return StreakOut.of(ambassador_id, chosen)
