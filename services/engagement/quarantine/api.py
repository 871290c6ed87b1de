"""Routes of the quarantine, and of receipts, which tell what of a request lies in it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from libs.auth.errors import ForeignProgramme
from libs.auth.principal import Principal
from libs.auth.require import require
from libs.process.parts import App
from libs.web.errors import InvalidCursor
from libs.web.pages import Cursor, Limit, Page, page_of, time_and_id_after
from libs.web.problems import problems
from libs.web.texts import ONE_LINE
from services.engagement.intake import service as intake
from services.engagement.intake.errors import ReceiptNotFound
from services.engagement.quarantine import service
from services.engagement.quarantine.domain import Quarantined, Reason, State
from services.engagement.quarantine.errors import NotWaiting, QuarantinedNotFound
from services.engagement.quarantine.schemas import (
    SHOWN_ITEMS,
    DiscardIn,
    QuarantinedOut,
    QuarantinedWithActsOut,
    ReasonsOut,
    ReceiptOut,
)
from services.engagement.quarantine.service import Appliers
from services.engagement.quarantine.store import Wanted

router = APIRouter(tags=["quarantine"])
Reader = Annotated[Principal, Depends(require("engagement:read"))]
Operator = Annotated[Principal, Depends(require("engagement:write"))]
Programme = Annotated[UUID | None, Query(description="Without it, all: for tokens of all programmes.")]
Searched = Annotated[
    str | None,
    Query(max_length=200, pattern=ONE_LINE, description="Part of a source, external id or address, or a share's id."),
]


async def _appliers(request: Request) -> Appliers:
    appliers: Appliers = request.app.state.appliers
    return appliers


@router.get("/quarantine", operation_id="list_quarantine", responses=problems(ForeignProgramme, InvalidCursor))
async def list_quarantine(
    by: Reader,
    app: App,
    programme_id: Programme = None,
    reason: Reason | None = None,
    state: State = "open",
    q: Searched = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[QuarantinedOut]:
    """List what was accepted and could not be used, newest first."""
    _enter(by, programme_id)
    wanted = Wanted(programme_id=programme_id, state=state, reason=reason, text=q)
    async with app.db.transaction() as tx:
        rows = await service.listed(tx, wanted, place=time_and_id_after(cursor), limit=limit + 1)
    return page_of(rows, limit, shape=QuarantinedOut.of, position=lambda row: (row.arrived_at.isoformat(), str(row.id)))


@router.get("/quarantine/reasons", operation_id="count_quarantine", responses=problems(ForeignProgramme))
async def count_quarantine(by: Reader, app: App, programme_id: Programme = None) -> ReasonsOut:
    """Count what waits, by reason."""
    _enter(by, programme_id)
    async with app.db.transaction() as tx:
        return ReasonsOut.of(await service.reasons(tx, programme_id))


@router.get(
    "/quarantine/{quarantined_id}",
    operation_id="get_quarantined",
    responses=problems(QuarantinedNotFound),
)
async def get_quarantined(quarantined_id: UUID, by: Reader, app: App) -> QuarantinedWithActsOut:
    """Return one item with all that was done to it."""
    async with app.db.transaction() as tx:
        item = await service.get(tx, quarantined_id, among=by.programmes)
        return QuarantinedWithActsOut.with_acts(item, await service.acts_of(tx, quarantined_id))


@router.post(
    "/quarantine/{quarantined_id}:retry",
    operation_id="retry_quarantined",
    responses=problems(QuarantinedNotFound, NotWaiting),
)
async def retry_quarantined(
    quarantined_id: UUID, by: Operator, app: App, appliers: Annotated[Appliers, Depends(_appliers)]
) -> QuarantinedOut:
    """Try one item again now; what still cannot be used stays, perhaps for another reason."""
    now, who = app.clock.now(), app.person_keys.of_subject(by.subject)
    async with app.db.transaction() as tx:
        await service.get(tx, quarantined_id, among=by.programmes)
        return QuarantinedOut.of(await service.retry_one(tx, quarantined_id, appliers, by=who, now=now))


@router.post(
    "/quarantine/{quarantined_id}:discard",
    operation_id="discard_quarantined",
    responses=problems(QuarantinedNotFound, NotWaiting),
)
async def discard_quarantined(quarantined_id: UUID, body: DiscardIn, by: Operator, app: App) -> QuarantinedOut:
    """Give one item up, saying why; it stays listed as discarded."""
    now, who = app.clock.now(), app.person_keys.of_subject(by.subject)
    async with app.db.transaction() as tx:
        await service.get(tx, quarantined_id, among=by.programmes)
        return QuarantinedOut.of(await service.discard(tx, quarantined_id, by=who, note=body.note, now=now))


@router.get(
    "/receipts/{receipt_id}",
    tags=["intake"],
    operation_id="get_receipt",
    responses=problems(ReceiptNotFound),
)
async def get_receipt(receipt_id: UUID, by: Operator, app: App) -> ReceiptOut:
    """Return what became of a request that was answered 202; pending until something has become of all of it."""
    unusable: list[Quarantined] = []
    async with app.db.transaction() as tx:
        found = await intake.get_receipt(tx, receipt_id, among=by.programmes, now=app.clock.now())
        if found is not None:
            unusable = await service.of_receipt(tx, receipt_id, limit=SHOWN_ITEMS)
    return ReceiptOut.of(receipt_id, found, unusable)


def _enter(by: Principal, programme_id: UUID | None) -> None:
    """Raise ForeignProgramme unless the programme is one of the caller's, or none is named and all are."""
    if programme_id is not None:
        by.enter(programme_id)
    elif by.programmes is not None:
        raise ForeignProgramme("name a programme of your token; this belongs to none, or to all")
