"""Routes of teams."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from libs.auth.errors import ForeignProgramme
from libs.auth.principal import Principal
from libs.auth.require import require
from libs.clock import new_id
from libs.process.parts import App
from libs.storage.database import Transaction
from libs.web.idempotency import IdempotentPost
from libs.web.pages import Cursor, Limit, Page, id_after, page_of
from libs.web.problems import problems
from services.sharing.programmes.errors import ProgrammeNotFound
from services.sharing.teams import service
from services.sharing.teams.schemas import TeamIn, TeamOut

router = APIRouter(tags=["teams"])
Editor = Annotated[Principal, Depends(require("sharing:write"))]
Reader = Annotated[Principal, Depends(require("sharing:read", "sharing:self"))]
FAILURES = problems(ProgrammeNotFound, ForeignProgramme)


@router.post(
    "/programmes/{programme_id}/teams",
    status_code=201,
    response_model=TeamOut,
    operation_id="create_team",
    responses=FAILURES,
)
async def create_team(programme_id: UUID, body: TeamIn, by: Editor, once: IdempotentPost, app: App) -> Response:
    """Add a team to a programme."""
    by.enter(programme_id)
    async with app.db.transaction() as tx:
        return await once.run(tx, lambda: _create(tx, programme_id, body, app), clock=app.clock)


async def _create(tx: Transaction, programme_id: UUID, body: TeamIn, app: App) -> TeamOut:
    row = await service.create_team(tx, new_id(), programme_id=programme_id, name=body.name, now=app.clock.now())
    return TeamOut.of(row)


@router.get("/programmes/{programme_id}/teams", operation_id="list_teams", responses=FAILURES)
async def list_teams(
    programme_id: UUID, by: Reader, app: App, limit: Limit = 50, cursor: Cursor = None
) -> Page[TeamOut]:
    """List the teams of a programme, oldest first."""
    by.enter(programme_id)
    last = id_after(cursor)
    async with app.db.transaction() as tx:
        rows = await service.list_teams(tx, programme_id, last=last, limit=limit + 1)
    return page_of(rows, limit, shape=TeamOut.of, position=lambda row: [str(row.id)])
