"""The door for what was taken back."""

from functools import partial
from uuid import UUID

from fastapi import APIRouter, Request

from libs.clock import new_id
from libs.process.parts import App
from services.engagement.intake.api import LIST_PROBLEMS, Doors, Sender, take_list
from services.engagement.intake.schemas import AcceptedOut
from services.engagement.withdrawals import service
from services.engagement.withdrawals.schemas import BATCH_SCHEMA, read_batch

router = APIRouter(tags=["interactions"])
BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": BATCH_SCHEMA}}}}


@router.post(
    "/interactions:withdraw",
    status_code=202,
    operation_id="withdraw_interactions",
    openapi_extra=BODY,
    responses=LIST_PROBLEMS,
)
async def withdraw_interactions(
    programme_id: UUID, request: Request, by: Sender, app: App, doors: Doors
) -> AcceptedOut:
    """Take back up to 1,000 interactions of a programme, each named by its source and its id there.

    They count no longer: neither in measures nor for points. One that is not known yet will not count when it comes,
    and none can be given back. In the receipt `new` are those that nobody had taken back before. Sending again is safe.
    """
    by.enter(programme_id)
    keep = partial(service.keep, app.publisher, programme_id)
    return await take_list(request, "withdrawals", app, doors, receipt_id=new_id(), read=read_batch, keep=keep)
