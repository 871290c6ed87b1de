"""The door for CSV files of counts."""

import asyncio
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request

from libs.auth.errors import ForeignProgramme
from libs.bus.errors import BusUnavailable
from libs.clock import new_id
from libs.process.parts import App
from libs.web.errors import BodyTooLarge, UnsupportedMediaType
from libs.web.problems import problems
from services.engagement.imports import service
from services.engagement.imports.errors import InvalidTable, UnreadableTable
from services.engagement.imports.schemas import ImportOut, RejectedRowOut
from services.engagement.intake.api import Doors, Sender, require_media_type
from services.engagement.intake.errors import NothingAccepted

router = APIRouter(tags=["imports"])
MOST_BYTES = 5 * 1024 * 1024
BODY = {"requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string"}}}}}
Origin = Annotated[Literal["imported", "measured", "declared"], Query(description="How the numbers came to be known.")]


@router.post(
    "/programmes/{programme_id}/imports",
    status_code=202,
    operation_id="post_import",
    max_body_size=MOST_BYTES,
    openapi_extra=BODY,
    responses=problems(
        UnreadableTable,
        BodyTooLarge,
        UnsupportedMediaType,
        InvalidTable,
        NothingAccepted,
        ForeignProgramme,
        BusUnavailable,
    ),
)
async def post_import(
    programme_id: UUID, request: Request, by: Sender, app: App, doors: Doors, provenance: Origin = "imported"
) -> ImportOut:
    """Take a CSV file of absolute counts: UTF-8, a header row, `,` or `;`, up to 10,000 rows.

    Columns: `share_id` or `post_url`, `read_at`, and any of `reactions`, `comments`, `reshares`, `mentions`, `clicks`;
    an empty cell means not known. A time without an offset is in the programme's time zone. Sending a file again is
    safe.
    """
    by.enter(programme_id)
    require_media_type(request, "text/csv")
    body = await request.body()
    async with app.db.transaction() as tx:
        time_zone = await service.time_zone_of(tx, programme_id)
    table = await asyncio.to_thread(service.read_table, body, time_zone=time_zone)
    async with app.db.transaction() as tx:  # a second one, so that no connection is held while a large file is read
        book = await service.shares_named(tx, programme_id, table)
    now, receipt_id = app.clock.now(), new_id()
    judged = await asyncio.to_thread(service.judge, table, book, provenance=provenance, now=now)
    doors.refused("imports", judged.refusals)
    await service.keep(app.publisher, judged, receipt_id=receipt_id, programme_id=programme_id, now=now)
    return ImportOut(
        receipt_id=receipt_id,
        accepted=judged.rows,
        counts=len(judged.counts),
        rejected=[RejectedRowOut.of(refusal) for refusal in judged.refusals],
    )
