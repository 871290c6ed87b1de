"""Routes of cohorts."""

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
from services.sharing.ambassadors import service as ambassadors
from services.sharing.ambassadors.errors import NotEnrolled
from services.sharing.cohorts import service
from services.sharing.cohorts.errors import AlreadyInCohort, CohortNotFound, UnknownAmbassador
from services.sharing.cohorts.schemas import CohortIn, CohortOut, MembersIn
from services.sharing.cohorts.tables import Cohort
from services.sharing.programmes.errors import ProgrammeNotFound

router = APIRouter(tags=["cohorts"])
Editor = Annotated[Principal, Depends(require("sharing:write"))]
Reader = Annotated[Principal, Depends(require("sharing:read", "sharing:self"))]


@router.post(
    "/programmes/{programme_id}/cohorts",
    status_code=201,
    response_model=CohortOut,
    operation_id="form_cohort",
    responses=problems(ProgrammeNotFound, ForeignProgramme, UnknownAmbassador, AlreadyInCohort),
)
async def form_cohort(programme_id: UUID, body: CohortIn, by: Editor, once: IdempotentPost, app: App) -> Response:
    """Bring four to eight ambassadors together."""
    by.enter(programme_id)
    now = app.clock.now()
    row = Cohort(id=new_id(), programme_id=programme_id, name=body.name, version=1, formed_at=now, changed_at=now)
    async with app.db.transaction() as tx:
        return await once.run(tx, lambda: _form(tx, row, body), clock=app.clock)


async def _form(tx: Transaction, row: Cohort, body: CohortIn) -> CohortOut:
    return CohortOut.of(await service.form_cohort(tx, row, body.ambassador_ids))


@router.put(
    "/cohorts/{cohort_id}/members",
    operation_id="change_cohort_members",
    responses=problems(CohortNotFound, UnknownAmbassador, AlreadyInCohort),
)
async def change_cohort_members(cohort_id: UUID, body: MembersIn, by: Editor, app: App) -> CohortOut:
    """Say who its members are, all of them."""
    async with app.db.transaction() as tx:
        row = await service.get_cohort(tx, cohort_id, among=by.programmes, lock=True)
        return CohortOut.of(await service.change_members(tx, row, body.ambassador_ids, now=app.clock.now()))


@router.delete(
    "/cohorts/{cohort_id}",
    status_code=204,
    operation_id="dissolve_cohort",
    responses=problems(CohortNotFound),
)
async def dissolve_cohort(cohort_id: UUID, by: Editor, app: App) -> None:
    """End a cohort; its members may join others."""
    async with app.db.transaction() as tx:
        row = await service.get_cohort(tx, cohort_id, among=by.programmes, lock=True)
        await service.dissolve(tx, row)


@router.get(
    "/programmes/{programme_id}/cohorts",
    operation_id="list_cohorts",
    responses=problems(ProgrammeNotFound, ForeignProgramme, NotEnrolled),
)
async def list_cohorts(
    programme_id: UUID, by: Reader, app: App, limit: Limit = 50, cursor: Cursor = None
) -> Page[CohortOut]:
    """List cohorts, oldest first: to an ambassador their own, to who may read all all."""
    by.enter(programme_id)
    last = id_after(cursor)
    async with app.db.transaction() as tx:
        member_id = None
        if not by.has("sharing:read"):
            member_id = (await ambassadors.get_member(tx, programme_id, app.person_keys.of_subject(by.subject))).id
        found = await service.list_cohorts(tx, programme_id, member_id=member_id, last=last, limit=limit + 1)
    return page_of(found, limit, shape=CohortOut.of, position=lambda one: [str(one[0].id)])


@router.get(
    "/cohorts/{cohort_id}",
    operation_id="get_cohort",
    responses=problems(CohortNotFound, NotYours, NotEnrolled),
)
async def get_cohort(cohort_id: UUID, by: Reader, app: App) -> CohortOut:
    """Return a cohort, to who may read all or to its members."""
    async with app.db.transaction() as tx:
        row = await service.get_cohort(tx, cohort_id, among=by.programmes)
        (found,) = await service.with_members(tx, [row])
        if not by.has("sharing:read"):
            own = await ambassadors.get_member(tx, row.programme_id, app.person_keys.of_subject(by.subject))
            if own.id not in found[1]:
                raise NotYours("only its members and the programme's managers may read this")
    return CohortOut.of(found)
