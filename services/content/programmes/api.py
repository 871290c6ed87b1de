"""Routes of programmes."""

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
from services.content.programmes import service, store
from services.content.programmes.errors import ProgrammeNotFound
from services.content.programmes.schemas import ProgrammeIn, ProgrammeOut

router = APIRouter(tags=["programmes"])
Opener = Annotated[Principal, Depends(require("programme:write"))]
Reader = Annotated[Principal, Depends(require("content:read"))]


@router.post("/programmes", status_code=201, response_model=ProgrammeOut, operation_id="create_programme")
async def create_programme(body: ProgrammeIn, _by: Opener, once: IdempotentPost, app: App) -> Response:
    """Open a programme."""
    async with app.db.transaction() as tx:
        return await once.run(tx, lambda: _create(tx, body, app), clock=app.clock)


async def _create(tx: Transaction, body: ProgrammeIn, app: App) -> ProgrammeOut:
    row = await service.create_programme(tx, new_id(), **body.model_dump(), now=app.clock.now())
    return ProgrammeOut.of(row)


@router.get("/programmes", operation_id="list_programmes")
async def list_programmes(by: Reader, app: App, limit: Limit = 50, cursor: Cursor = None) -> Page[ProgrammeOut]:
    """List the programmes that the caller belongs to, oldest first."""
    last = id_after(cursor)
    async with app.db.transaction() as tx:
        rows = await store.after(tx, last, among=by.programmes, limit=limit + 1)
    return page_of(rows, limit, shape=ProgrammeOut.of, position=lambda row: [str(row.id)])


@router.get(
    "/programmes/{programme_id}",
    operation_id="get_programme",
    responses=problems(ProgrammeNotFound, ForeignProgramme),
)
async def get_programme(programme_id: UUID, by: Reader, app: App) -> ProgrammeOut:
    """Return a programme with its charter."""
    by.enter(programme_id)
    async with app.db.transaction() as tx:
        return ProgrammeOut.of(await service.get_programme(tx, programme_id))
