"""Routes of seasons."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response

from libs.auth.errors import ForeignProgramme
from libs.auth.principal import Principal
from libs.auth.require import require
from libs.events.gamification import SeasonPlanned
from libs.process.parts import App
from libs.storage.database import Transaction
from libs.web.errors import IdempotencyConflict
from libs.web.idempotency import IdempotentPost
from libs.web.pages import Cursor, Limit, number_after, page_of
from libs.web.problems import problems
from services.gamification.members.errors import ProgrammeNotFound
from services.gamification.seasons import service
from services.gamification.seasons.errors import InvalidSeason, SeasonNotClosed, SeasonNotFound
from services.gamification.seasons.schemas import (
    FrozenStandingsOut,
    SeasonIn,
    SeasonOut,
    SeasonsOut,
    standing_out,
    tie_of,
)

router = APIRouter(tags=["seasons"])
Reader = Annotated[Principal, Depends(require("boards:read"))]
Editor = Annotated[Principal, Depends(require("boards:write"))]
Name = Annotated[str, Path(pattern="^S[0-9]{3,6}$")]


@router.get(
    "/programmes/{programme_id}/seasons",
    operation_id="list_seasons",
    responses=problems(ForeignProgramme, ProgrammeNotFound),
)
async def list_seasons(programme_id: UUID, by: Reader, app: App) -> SeasonsOut:
    """List the seasons, newest first, what has become of each, and those to come that are planned."""
    by.enter(programme_id)
    async with app.db.transaction() as tx:
        known = await service.seasons_of(tx, programme_id, now=app.clock.now())
    return SeasonsOut(items=[SeasonOut.of(one) for one in known], next=None)


@router.post(
    "/programmes/{programme_id}/seasons",
    operation_id="plan_season",
    status_code=201,
    response_model=SeasonOut,
    responses=problems(ForeignProgramme, ProgrammeNotFound, InvalidSeason, IdempotencyConflict),
)
async def plan_season(programme_id: UUID, body: SeasonIn, by: Editor, app: App, once: IdempotentPost) -> Response:
    """Place a season that has not begun, and name it; between planned seasons others of thirteen weeks follow."""
    by.enter(programme_id)
    now = app.clock.now()
    event = SeasonPlanned(programme_id=programme_id, planned_at=now, **body.model_dump())

    async def planned(tx: Transaction) -> SeasonOut:
        return SeasonOut.of(await service.plan(tx, event, now=now))

    async with app.db.transaction() as tx:
        return await once.run(tx, lambda: planned(tx), clock=app.clock)


@router.get(
    "/programmes/{programme_id}/seasons/{season}/standings",
    operation_id="get_season_standings",
    responses=problems(ForeignProgramme, ProgrammeNotFound, SeasonNotFound, SeasonNotClosed),
)
async def get_season_standings(
    programme_id: UUID, season: Name, by: Reader, app: App, limit: Limit = 50, cursor: Cursor = None
) -> FrozenStandingsOut:
    """Return where everybody stood when a season was frozen; later corrections do not move it."""
    last = number_after(cursor)
    by.enter(programme_id)
    async with app.db.transaction() as tx:
        frozen = await service.frozen_standings(tx, programme_id, season, last, limit=limit + 1, now=app.clock.now())
    return FrozenStandingsOut(
        season=season,
        tie=tie_of(frozen),
        people=frozen.row.people or 0,
        digest=frozen.row.digest or "",
        standings=page_of(
            frozen.standings, limit, shape=lambda row: standing_out(row, frozen), position=lambda row: [row.place]
        ),
    )
