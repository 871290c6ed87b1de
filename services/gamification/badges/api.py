"""Routes of badges."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from libs.auth.errors import ForeignProgramme, NotYours
from libs.auth.principal import Principal
from libs.auth.require import require
from libs.process.parts import App
from libs.storage.database import Transaction
from libs.web.idempotency import IdempotentPost
from libs.web.problems import problems
from services.gamification.badges import service
from services.gamification.badges.domain import Definition
from services.gamification.badges.errors import BadgeKeyTaken
from services.gamification.badges.schemas import BadgeOut, BadgesOut, HeldBadgeOut, HeldBadgesOut
from services.gamification.members import service as members
from services.gamification.members.errors import AmbassadorNotFound, ProgrammeNotFound

router = APIRouter(tags=["badges"])
Reader = Annotated[Principal, Depends(require("points:read", "points:self"))]
Manager = Annotated[Principal, Depends(require("game:write"))]


@router.get("/programmes/{programme_id}/badges", operation_id="list_badges", responses=problems(ForeignProgramme))
async def list_badges(programme_id: UUID, by: Reader, app: App) -> BadgesOut:
    """List the badges of a programme with how rare they are."""
    by.enter(programme_id)
    async with app.db.transaction() as tx:
        found = await service.badges_of(tx, programme_id)
    return BadgesOut(items=[BadgeOut.of(*one) for one in found], next=None)


@router.post(
    "/programmes/{programme_id}/badges",
    status_code=201,
    response_model=BadgeOut,
    operation_id="add_badge",
    responses=problems(ProgrammeNotFound, ForeignProgramme, BadgeKeyTaken),
)
async def add_badge(programme_id: UUID, body: Definition, by: Manager, once: IdempotentPost, app: App) -> Response:
    """Add a badge to a programme; who has what it needs earns it at once."""
    by.enter(programme_id)
    async with app.db.transaction() as tx:
        return await once.run(tx, lambda: _add(tx, programme_id, body, app), clock=app.clock)


async def _add(tx: Transaction, programme_id: UUID, definition: Definition, app: App) -> BadgeOut:
    await service.add_badge(tx, programme_id, definition, now=app.clock.now())
    share = {one.key: rarity for one, rarity in await service.badges_of(tx, programme_id)}[definition.key]
    return BadgeOut.of(definition, share)


@router.get(
    "/ambassadors/{ambassador_id}/badges",
    operation_id="list_own_badges",
    responses=problems(AmbassadorNotFound, ForeignProgramme, NotYours),
)
async def list_own_badges(ambassador_id: UUID, by: Reader, app: App) -> HeldBadgesOut:
    """List every badge of the programme with the ambassador's progress, and when it was earned or revoked."""
    async with app.db.transaction() as tx:
        member = await members.get_ambassador(tx, ambassador_id)
        by.enter(member.programme_id)
        if not by.has("points:read"):
            members.check_own(member, app.person_keys.of_subject(by.subject))
        found = await service.badges_of_ambassador(tx, member)
    return HeldBadgesOut(ambassador_id=ambassador_id, items=[HeldBadgeOut.of(one) for one in found], next=None)
