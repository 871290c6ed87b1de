"""The door for what was taken back."""

from uuid import UUID

from fastapi import APIRouter, Request

from libs.auth.errors import ForeignProgramme
from libs.bus.errors import BusUnavailable
from libs.clock import new_id
from libs.process.parts import App
from libs.web.errors import BodyTooLarge, InvalidRequest, MalformedBody, UnsupportedMediaType
from libs.web.problems import problems
from services.engagement.intake.api import Doors, Pressure, Sender, read_body, require_media_type, size_of
from services.engagement.intake.errors import BacklogTooDeep, DoorFull, NothingAccepted
from services.engagement.intake.schemas import AcceptedOut, RejectedOut
from services.engagement.withdrawals import service
from services.engagement.withdrawals.schemas import BATCH_SCHEMA, read_batch

router = APIRouter(tags=["interactions"])
MOST_BYTES = 1024 * 1024
BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": BATCH_SCHEMA}}}}


@router.post(
    "/interactions:withdraw",
    status_code=202,
    operation_id="withdraw_interactions",
    openapi_extra=BODY,
    responses=problems(
        MalformedBody,
        InvalidRequest,
        BodyTooLarge,
        UnsupportedMediaType,
        NothingAccepted,
        ForeignProgramme,
        BacklogTooDeep,
        BusUnavailable,
        DoorFull,
    ),
)
async def withdraw_interactions(
    programme_id: UUID, request: Request, by: Sender, app: App, doors: Doors
) -> AcceptedOut:
    """Take back up to 1,000 interactions of a programme, each named by its source and its id there.

    They count no longer: neither in measures nor for points. One that is not known yet will not count when it comes,
    and none can be given back. In the receipt `new` are those that nobody had taken back before. Sending again is safe.
    """
    by.enter(programme_id)
    require_media_type(request, "application/json")
    pressure: Pressure = request.app.state.pressure
    with pressure.admitted("withdrawals", size_of(request, most=MOST_BYTES)):
        now, receipt_id = app.clock.now(), new_id()
        body = await read_body(request, most=MOST_BYTES)
        with pressure.queued("withdrawals", len(body)):
            async with pressure.turn:
                judged = read_batch(body, now=now)
            doors.refused("withdrawals", judged.refusals)
            await service.keep(app.publisher, judged, receipt_id=receipt_id, programme_id=programme_id, now=now)
    doors.accepted("withdrawals", len(judged.accepted))
    return AcceptedOut(
        receipt_id=receipt_id,
        accepted=len(judged.accepted),
        refused=len(judged.refusals),
        rejected=[RejectedOut.of(refusal) for refusal in judged.refusals],
    )
