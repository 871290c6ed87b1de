"""The door for interactions."""

import asyncio
from uuid import UUID

from fastapi import APIRouter, Request

from libs.auth.errors import ForeignProgramme
from libs.bus.errors import BusUnavailable
from libs.clock import new_id
from libs.process.parts import App
from libs.web.errors import BodyTooLarge, InvalidRequest, MalformedBody, UnsupportedMediaType
from libs.web.problems import problems
from services.engagement.intake.api import Doors, Sender, require_media_type
from services.engagement.intake.errors import NothingAccepted
from services.engagement.interactions import service
from services.engagement.interactions.schemas import BATCH_SCHEMA, AcceptedOut, RejectedOut, read_batch

router = APIRouter(tags=["interactions"])
MOST_BYTES = 2 * 1024 * 1024
BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": BATCH_SCHEMA}}}}


@router.post(
    "/programmes/{programme_id}/interactions",
    status_code=202,
    operation_id="post_interactions",
    max_body_size=MOST_BYTES,
    openapi_extra=BODY,
    responses=problems(
        MalformedBody,
        BodyTooLarge,
        UnsupportedMediaType,
        InvalidRequest,
        NothingAccepted,
        ForeignProgramme,
        BusUnavailable,
    ),
)
async def post_interactions(programme_id: UUID, request: Request, by: Sender, app: App, doors: Doors) -> AcceptedOut:
    """Take up to 1000 interactions; each is judged on its own, and 202 says that the valid ones are on disk.

    Sending the same again is safe: `source` and `external_id` make an interaction count once.
    """
    by.enter(programme_id)
    require_media_type(request, "application/json")
    batch = await asyncio.to_thread(read_batch, await request.body())
    async with app.db.transaction() as tx:
        book = await service.shares_named(tx, programme_id, batch)
    now, receipt_id = app.clock.now(), new_id()
    judged = await asyncio.to_thread(service.judge, batch, book, people=app.person_keys, now=now)
    doors.refused("interactions", judged.refusals)
    await service.keep(app.publisher, judged, receipt_id=receipt_id, programme_id=programme_id, now=now)
    return AcceptedOut(
        receipt_id=receipt_id,
        accepted=len(judged.accepted),
        rejected=[RejectedOut.of(refusal) for refusal in judged.refusals],
    )
