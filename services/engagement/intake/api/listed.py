"""A door that takes a list in JSON: let in, read, judged item by item, kept, and answered."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from fastapi import Request

from libs.auth.errors import ForeignProgramme
from libs.bus.errors import BusUnavailable
from libs.events.intake import Door, TakingBack
from libs.process.parts import Parts
from libs.web.errors import BodyTooLarge, InvalidRequest, MalformedBody, UnsupportedMediaType
from libs.web.problems import problems
from services.engagement.intake.api.body import read_body, require_media_type, size_of
from services.engagement.intake.api.pressure import Pressure
from services.engagement.intake.domain import Judged
from services.engagement.intake.errors import BacklogTooDeep, DoorFull, NothingAccepted
from services.engagement.intake.metrics import DoorMetrics
from services.engagement.intake.schemas import AcceptedOut

ItemT = TypeVar("ItemT")
MOST_BYTES = 1024 * 1024
LIST_PROBLEMS = problems(
    MalformedBody,
    InvalidRequest,
    BodyTooLarge,
    UnsupportedMediaType,
    NothingAccepted,
    ForeignProgramme,
    BacklogTooDeep,
    BusUnavailable,
    DoorFull,
)


async def take_list(
    request: Request,
    door: Door | TakingBack,
    parts: Parts,
    doors: DoorMetrics,
    *,
    receipt_id: UUID,
    read: Callable[[bytes, datetime], Judged[ItemT]],
    keep: Callable[[Judged[ItemT], UUID, datetime], Awaitable[None]],
) -> AcceptedOut:
    """Return what was kept of a request, under its receipt. `read` judges the body, `keep` keeps what is valid.

    Raises what LIST_PROBLEMS names, but ForeignProgramme.
    """
    require_media_type(request, "application/json")
    pressure: Pressure = request.app.state.pressure
    with pressure.admitted(door, size_of(request, most=MOST_BYTES)):
        now = parts.clock.now()
        body = await read_body(request, most=MOST_BYTES)
        with pressure.queued(door, len(body)):
            async with pressure.turn:
                judged = read(body, now)
            doors.refused(door, judged.refusals)
            await keep(judged, receipt_id, now)
    doors.accepted(door, len(judged.accepted))
    return AcceptedOut.of(receipt_id, len(judged.accepted), judged.refusals)
