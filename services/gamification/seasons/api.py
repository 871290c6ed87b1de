"""Routes of seasons."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path

from libs.auth.errors import ForeignProgramme
from libs.auth.principal import Principal
from libs.auth.require import require
from libs.process.parts import App
from libs.web.pages import Cursor, Limit, number_after, page_of
from libs.web.problems import problems
from services.gamification.members.errors import ProgrammeNotFound
from services.gamification.seasons import service
from services.gamification.seasons.errors import SeasonNotClosed, SeasonNotFound
from services.gamification.seasons.schemas import FrozenStandingsOut, SeasonOut, SeasonsOut, standing_out

router = APIRouter(tags=["seasons"])
Reader = Annotated[Principal, Depends(require("boards:read"))]
Name = Annotated[str, Path(pattern="^S[0-9]{3,6}$")]


@router.get(
    "/programmes/{programme_id}/seasons",
    operation_id="list_seasons",
    responses=problems(ForeignProgramme, ProgrammeNotFound),
)
async def list_seasons(programme_id: UUID, by: Reader, app: App) -> SeasonsOut:
    """List the seasons that have begun, newest first, and what has become of each."""
    by.enter(programme_id)
    async with app.db.transaction() as tx:
        known = await service.seasons_of(tx, programme_id, now=app.clock.now())
    return SeasonsOut(items=[SeasonOut.of(one) for one in known], next=None)


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
        people=frozen.row.people or 0,
        digest=frozen.row.digest or "",
        standings=page_of(
            frozen.standings, limit, shape=lambda row: standing_out(row, frozen), position=lambda row: [row.place]
        ),
    )
