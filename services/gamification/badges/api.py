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
from services.gamification.badges.domain import Definition, Key
from services.gamification.badges.errors import BadgeKeyTaken, BadgeNotFound, BadgeReworded
from services.gamification.badges.schemas import BadgeOut, BadgesOut, HeldBadgeOut, HeldBadgesOut, WordsIn
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
    return BadgesOut(items=[BadgeOut.of(one) for one in found], next=None)


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
    return BadgeOut.of(await service.get_badge(tx, programme_id, definition.key))


@router.put(
    "/programmes/{programme_id}/badges/{key}",
    operation_id="reword_badge",
    responses=problems(BadgeNotFound, ForeignProgramme, BadgeReworded),
)
async def reword_badge(programme_id: UUID, key: Key, body: WordsIn, by: Manager, app: App) -> BadgeOut:
    """Give a badge other words; what it needs is never changed."""
    by.enter(programme_id)
    async with app.db.transaction() as tx:
        return BadgeOut.of(
            await service.reword_badge(tx, programme_id, key, body.titles, over=body.version, now=app.clock.now())
        )


@router.post(
    "/programmes/{programme_id}/badges/{key}:retire",
    operation_id="retire_badge",
    responses=problems(ProgrammeNotFound, BadgeNotFound, ForeignProgramme),
)
async def retire_badge(programme_id: UUID, key: Key, by: Manager, app: App) -> BadgeOut:
    """Let nobody earn a badge any more, for good; who has it keeps it."""
    by.enter(programme_id)
    async with app.db.transaction() as tx:
        return BadgeOut.of(await service.retire_badge(tx, programme_id, key, now=app.clock.now()))


@router.get(
    "/ambassadors/{ambassador_id}/badges",
    operation_id="list_own_badges",
    responses=problems(AmbassadorNotFound, NotYours),
)
async def list_own_badges(ambassador_id: UUID, by: Reader, app: App) -> HeldBadgesOut:
    """List the badges of the programme with the ambassador's progress, and when it was earned or revoked."""
    async with app.db.transaction() as tx:
        member = await members.get_ambassador(tx, ambassador_id, among=by.programmes)
        if not by.has("points:read"):
            members.check_own(member, app.person_keys.of_subject(by.subject))
        found = await service.badges_of_ambassador(tx, member)
    return HeldBadgesOut(ambassador_id=ambassador_id, items=[HeldBadgeOut.of_held(one) for one in found], next=None)
