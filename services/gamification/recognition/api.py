"""Routes of spotlights."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from libs.auth.errors import ForeignProgramme, NotYours
from libs.auth.principal import Principal
from libs.auth.require import require
from libs.clock import new_id
from libs.process.parts import App, Parts
from libs.storage.database import Transaction
from libs.web.idempotency import IdempotentPost
from libs.web.pages import Cursor, Limit, Page, page_of, time_and_id_after
from libs.web.problems import problems
from services.gamification.members import service as members
from services.gamification.members.errors import AmbassadorNotFound
from services.gamification.recognition import service
from services.gamification.recognition.errors import NoSuchWeek, SpotlightNotFound, StaysHidden
from services.gamification.recognition.schemas import SpotlightIn, SpotlightOut, SuggestionOut, SuggestionsOut
from services.gamification.recognition.tables import Spotlight

router = APIRouter(tags=["recognition"])
Giver = Annotated[Principal, Depends(require("spotlights:write"))]
Reader = Annotated[Principal, Depends(require("points:read", "points:self"))]
Withdrawer = Annotated[Principal, Depends(require("points:self", "spotlights:write"))]
Week = Annotated[str, Query(max_length=10, description="An ISO week, such as `2026-W47`.")]


@router.post(
    "/programmes/{programme_id}/spotlights",
    status_code=201,
    response_model=SpotlightOut,
    operation_id="give_spotlight",
    responses=problems(AmbassadorNotFound, ForeignProgramme, StaysHidden),
)
async def give_spotlight(programme_id: UUID, body: SpotlightIn, by: Giver, once: IdempotentPost, app: App) -> Response:
    """Put an ambassador into the spotlight."""
    by.enter(programme_id)
    row = Spotlight(id=new_id(), programme_id=programme_id, given_at=app.clock.now(), **body.model_dump())

    async def create() -> SpotlightOut:
        return SpotlightOut.of(await service.give_spotlight(tx, row))

    async with app.db.transaction() as tx:
        return await once.run(tx, create, clock=app.clock)


@router.get(
    "/programmes/{programme_id}/spotlights", operation_id="list_spotlights", responses=problems(ForeignProgramme)
)
async def list_spotlights(
    programme_id: UUID, by: Reader, app: App, limit: Limit = 50, cursor: Cursor = None
) -> Page[SpotlightOut]:
    """List the programme's spotlights, newest first; only managers read of the hidden, and who a pseudonym is."""
    by.enter(programme_id)
    last = time_and_id_after(cursor)
    async with app.db.transaction() as tx:
        own = None if by.has("points:read") else await _own(tx, by, app)
        rows = await service.spotlights(tx, programme_id, seen_by=own, last=last, limit=limit + 1)
    return page_of(
        rows,
        limit,
        shape=lambda one: SpotlightOut.of(one) if own is None else SpotlightOut.of(one).seen_by(own),
        position=lambda one: [one.row.given_at.isoformat(), str(one.row.id)],
    )


async def _own(tx: Transaction, by: Principal, app: Parts) -> set[UUID]:
    found = await members.ambassadors_of_subject(tx, app.person_keys.of_subject(by.subject))
    return {one.id for one in found}


@router.post(
    "/spotlights/{spotlight_id}:withdraw",
    operation_id="withdraw_spotlight",
    responses=problems(SpotlightNotFound, NotYours),
)
async def withdraw_spotlight(spotlight_id: UUID, by: Withdrawer, app: App) -> SpotlightOut:
    """Take a spotlight on oneself out of sight, for good; a manager may take back any."""
    async with app.db.transaction() as tx:
        row = await service.get_spotlight(tx, spotlight_id, among=by.programmes)
        if not by.has("spotlights:write") and row.ambassador_id not in await _own(tx, by, app):
            raise NotYours("only who is in the spotlight and the programme's managers may withdraw it")
        return SpotlightOut.of(await service.withdraw(tx, row, now=app.clock.now()))


@router.get(
    "/programmes/{programme_id}/spotlights/suggestions",
    operation_id="suggest_spotlights",
    responses=problems(ForeignProgramme, NoSuchWeek),
)
async def suggest_spotlights(programme_id: UUID, week: Week, by: Giver, app: App) -> SuggestionsOut:
    """Suggest the best conversation, the best newcomer and the most improved of a week."""
    by.enter(programme_id)
    async with app.db.transaction() as tx:
        found = await service.suggest(tx, programme_id, week)
    return SuggestionsOut(week=week, items=[SuggestionOut.of(one) for one in found])
