"""The door for absolute counts, and the route of a share in numbers."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from libs.auth.principal import Principal
from libs.auth.require import require
from libs.clock import new_id
from libs.process.parts import App
from libs.web.problems import problems
from services.engagement.intake.api import LIST_PROBLEMS, Doors, Sender, take_list
from services.engagement.intake.schemas import AcceptedOut
from services.engagement.shares import service as shares
from services.engagement.shares.errors import ShareNotFound
from services.engagement.snapshots import service
from services.engagement.snapshots.schemas import BATCH_SCHEMA, EngagementOut, read_batch

router = APIRouter()
Reader = Annotated[Principal, Depends(require("engagement:read"))]
BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": BATCH_SCHEMA}}}}


@router.post(
    "/snapshots",
    tags=["intake"],
    status_code=202,
    operation_id="post_snapshots",
    openapi_extra=BODY,
    responses=LIST_PROBLEMS,
)
async def post_snapshots(programme_id: UUID, request: Request, by: Sender, app: App, doors: Doors) -> AcceptedOut:
    """Take up to 1,000 absolute counts, each with the time at which it was read.

    The latest reading of a kind counts, whichever comes last: a lower one corrects what was known before. A second
    count of the same kind, time and provenance is a conflict, and the first one stays. Estimates are kept apart.
    Sending again is safe.
    """
    by.enter(programme_id)
    keep = partial(service.keep, app.publisher, programme_id)
    return await take_list(request, "snapshots", app, doors, receipt_id=new_id(), read=read_batch, keep=keep)


@router.get(
    "/shares/{share_id}/engagement",
    tags=["shares"],
    operation_id="get_engagement",
    responses=problems(ShareNotFound),
)
async def get_engagement(share_id: UUID, by: Reader, app: App) -> EngagementOut:
    """Return what a share drew: interactions counted one by one, and the latest reported counts."""
    async with app.db.transaction() as tx:
        await shares.get_share(tx, share_id, among=by.programmes)
        found = await service.engagement_of(tx, share_id)
    return EngagementOut.of(share_id, found.counters, found.latest)
