"""Routes of ambassadors."""

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
from services.sharing.ambassadors import service
from services.sharing.ambassadors.errors import AlreadyEnrolled, AmbassadorNotFound, CharterOutdated
from services.sharing.ambassadors.schemas import AmbassadorOut, EnrolmentIn
from services.sharing.ambassadors.tables import Ambassador
from services.sharing.programmes.errors import ProgrammeNotFound
from services.sharing.teams.errors import UnknownTeam

router = APIRouter(tags=["ambassadors"])
Person = Annotated[Principal, Depends(require("sharing:self"))]
Reader = Annotated[Principal, Depends(require("sharing:read"))]
PersonOrReader = Annotated[Principal, Depends(require("sharing:self", "sharing:read"))]


@router.post(
    "/programmes/{programme_id}/ambassadors",
    status_code=201,
    response_model=AmbassadorOut,
    operation_id="enrol",
    responses=problems(ProgrammeNotFound, ForeignProgramme, AlreadyEnrolled, CharterOutdated, UnknownTeam),
)
async def enrol(programme_id: UUID, body: EnrolmentIn, by: Person, once: IdempotentPost, app: App) -> Response:
    """Join a programme: the caller enrols themself and nobody else."""
    by.enter(programme_id)
    subject_key = app.person_keys.of_subject(by.subject)
    row = Ambassador(
        id=new_id(),
        programme_id=programme_id,
        subject_key=subject_key,
        enrolled_at=app.clock.now(),
        **body.model_dump(),
    )
    async with app.db.transaction() as tx:
        return await once.run(tx, lambda: _enrol(tx, row), clock=app.clock)


async def _enrol(tx: Transaction, row: Ambassador) -> AmbassadorOut:
    return AmbassadorOut.of(await service.enrol(tx, row))


@router.get(
    "/programmes/{programme_id}/ambassadors",
    operation_id="list_ambassadors",
    responses=problems(ProgrammeNotFound, ForeignProgramme),
)
async def list_ambassadors(
    programme_id: UUID, by: Reader, app: App, limit: Limit = 50, cursor: Cursor = None
) -> Page[AmbassadorOut]:
    """List the ambassadors of a programme, oldest first."""
    by.enter(programme_id)
    last = id_after(cursor)
    async with app.db.transaction() as tx:
        rows = await service.list_ambassadors(tx, programme_id, last=last, limit=limit + 1)
    return page_of(rows, limit, shape=AmbassadorOut.of, position=lambda row: [str(row.id)])


@router.get(
    "/ambassadors/{ambassador_id}",
    operation_id="get_ambassador",
    responses=problems(AmbassadorNotFound, NotYours),
)
async def get_ambassador(ambassador_id: UUID, by: PersonOrReader, app: App) -> AmbassadorOut:
    """Return an ambassador, to who may read all or to the ambassador themself."""
    async with app.db.transaction() as tx:
        row = await service.get_ambassador(tx, ambassador_id, among=by.programmes)
    if not by.has("sharing:read"):
        service.check_own(row, app.person_keys.of_subject(by.subject))
    return AmbassadorOut.of(row)
