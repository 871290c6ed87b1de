"""Routes of challenges."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from libs.auth.errors import ForeignProgramme, NotYours
from libs.auth.principal import Principal
from libs.auth.require import require
from libs.clock import new_id
from libs.process.parts import App
from libs.storage.database import Transaction
from libs.web.idempotency import IdempotentPost
from libs.web.pages import Cursor, Limit, Page, id_after, page_of
from libs.web.problems import problems
from services.gamification.challenges import service
from services.gamification.challenges.errors import ChallengeBegun, ChallengeNotFound, ChallengeOver
from services.gamification.challenges.schemas import ChallengeIn, ChallengeOut, PartOut
from services.gamification.members import service as members
from services.gamification.members.errors import AmbassadorNotFound, ProgrammeNotFound

router = APIRouter(tags=["challenges"])
Reader = Annotated[Principal, Depends(require("points:read", "points:self"))]
Manager = Annotated[Principal, Depends(require("game:write"))]


@router.post(
    "/programmes/{programme_id}/challenges",
    status_code=201,
    response_model=ChallengeOut,
    operation_id="set_challenge",
    responses=problems(ProgrammeNotFound, ForeignProgramme),
)
async def set_challenge(programme_id: UUID, body: ChallengeIn, by: Manager, once: IdempotentPost, app: App) -> Response:
    """Set a challenge, for each ambassador or for all together; what was done since its first day counts."""
    by.enter(programme_id)
    async with app.db.transaction() as tx:
        return await once.run(tx, lambda: _set(tx, programme_id, body, app), clock=app.clock)


async def _set(tx: Transaction, programme_id: UUID, body: ChallengeIn, app: App) -> ChallengeOut:
    now = app.clock.now()
    return ChallengeOut.of(await service.set_challenge(tx, new_id(), programme_id, body.draft(), now=now))


@router.get(
    "/programmes/{programme_id}/challenges", operation_id="list_challenges", responses=problems(ForeignProgramme)
)
async def list_challenges(
    programme_id: UUID, by: Reader, app: App, limit: Limit = 50, cursor: Cursor = None
) -> Page[ChallengeOut]:
    """List the challenges of a programme as they stand, newest first."""
    by.enter(programme_id)
    last = id_after(cursor)
    async with app.db.transaction() as tx:
        rows = await service.challenges_of(tx, programme_id, last, limit=limit + 1, now=app.clock.now())
    return page_of(rows, limit, shape=ChallengeOut.of, position=lambda row: [str(row.challenge.id)])


@router.get(
    "/challenges/{challenge_id}",
    operation_id="get_challenge",
    responses=problems(ChallengeNotFound),
)
async def get_challenge(challenge_id: UUID, by: Reader, app: App) -> ChallengeOut:
    """Return a challenge as it stands."""
    async with app.db.transaction() as tx:
        standing = await service.get_challenge(tx, challenge_id, among=by.programmes, now=app.clock.now())
    return ChallengeOut.of(standing)


@router.put(
    "/challenges/{challenge_id}",
    operation_id="change_challenge",
    responses=problems(ChallengeNotFound, ChallengeBegun),
)
async def change_challenge(challenge_id: UUID, body: ChallengeIn, by: Manager, app: App) -> ChallengeOut:
    """Replace a challenge before its first day."""
    async with app.db.transaction() as tx:
        await service.get_row(tx, challenge_id, among=by.programmes)
        return ChallengeOut.of(await service.change_challenge(tx, challenge_id, body.draft(), now=app.clock.now()))


@router.post(
    "/challenges/{challenge_id}:cancel",
    operation_id="cancel_challenge",
    responses=problems(ChallengeNotFound, ChallengeOver),
)
async def cancel_challenge(challenge_id: UUID, by: Manager, app: App) -> ChallengeOut:
    """Stop a challenge for good, before its end: it stays as it stands, and nobody completes it any more."""
    async with app.db.transaction() as tx:
        await service.get_row(tx, challenge_id, among=by.programmes)
        return ChallengeOut.of(await service.cancel_challenge(tx, challenge_id, now=app.clock.now()))


@router.get(
    "/challenges/{challenge_id}/progress/{ambassador_id}",
    operation_id="get_challenge_progress",
    responses=problems(ChallengeNotFound, AmbassadorNotFound, NotYours),
)
async def get_challenge_progress(challenge_id: UUID, ambassador_id: UUID, by: Reader, app: App) -> PartOut:
    """Return what an ambassador brings to a challenge."""
    async with app.db.transaction() as tx:
        standing = await service.get_challenge(tx, challenge_id, among=by.programmes, now=app.clock.now())
        among = frozenset({standing.challenge.programme_id})
        member = await members.get_ambassador(tx, ambassador_id, among=among)
        if not by.has("points:read"):
            members.check_own(member, app.person_keys.of_subject(by.subject))
        return PartOut.of(standing, await service.part_of(tx, challenge_id, member))
