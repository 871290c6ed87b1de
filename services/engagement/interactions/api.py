"""The door for interactions: lists of up to 1000, and streams of lines."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from starlette.requests import ClientDisconnect

from libs.auth.errors import ForeignProgramme
from libs.bus.errors import BusUnavailable
from libs.clock import new_id
from libs.events.intake import AcceptedInteraction
from libs.process.parts import Parts
from libs.web.errors import BodyTooLarge, InvalidRequest, MalformedBody, UnsupportedMediaType
from libs.web.problems import problems
from services.engagement.intake.api import (
    HotRoute,
    Pressure,
    door_of,
    lines_of,
    programme_in,
    read_body,
    require_media_type,
    send_scope,
    size_of,
)
from services.engagement.intake.domain import SHOWN_ERRORS, Judged, Refusal
from services.engagement.intake.errors import BacklogTooDeep, DoorFull, NothingAccepted
from services.engagement.intake.metrics import DoorMetrics
from services.engagement.intake.schemas import AcceptedOut, RejectedOut
from services.engagement.intake.service import in_slices, nothing_accepted
from services.engagement.interactions import service
from services.engagement.interactions.schemas import (
    BATCH_SCHEMA,
    ITEM_SCHEMA,
    Batch,
    Placed,
    read_batch,
    read_lines,
)

router = APIRouter(tags=["interactions"], route_class=HotRoute)
MOST_BYTES = 2 * 1024 * 1024
MOST_STREAM_BYTES = 64 * 1024 * 1024
STREAM_HOLDS = 512 * 1024  # of a stream two groups of lines are in memory
LONG_TEXTS = 20_000  # characters of replies' texts that are measured without leaving the loop
JSON, LINES = "application/json", "application/x-ndjson"
BODY = {"requestBody": {"required": True, "content": {JSON: {"schema": BATCH_SCHEMA}, LINES: {"schema": ITEM_SCHEMA}}}}


@router.post(
    "/programmes/{programme_id}/interactions",  # noqa: FAST003 - `programme_in` describes it, the function reads it
    status_code=202,
    operation_id="post_interactions",
    max_body_size=MOST_STREAM_BYTES + 1024,  # ours answers first, and says what is kept
    openapi_extra=BODY,
    response_model=AcceptedOut,
    dependencies=[Depends(send_scope), Depends(programme_in)],
    responses=problems(
        MalformedBody,
        BodyTooLarge,
        UnsupportedMediaType,
        InvalidRequest,
        NothingAccepted,
        ForeignProgramme,
        BacklogTooDeep,
        BusUnavailable,
        DoorFull,
    ),
)
async def post_interactions(request: Request) -> Response:
    """Take up to 1000 interactions as a list, or up to 64 MiB of them as lines.

    Each is judged by its form alone, and 202 says that the valid ones are on disk; the receipt tells what becomes of
    them. Sending the same again is safe: `source` and `external_id` make an interaction count once, and without an id
    all that is said of it does.
    """
    programme_id, parts, pressure, metrics = await door_of(request)
    lines = require_media_type(request, JSON, LINES) == LINES
    size = size_of(request, most=MOST_STREAM_BYTES if lines else MOST_BYTES)
    try:
        with pressure.admitted("interactions", min(size, STREAM_HOLDS)):
            taking = _Taking(programme_id, parts, pressure, metrics)
            answer = await (_take_lines if lines else _take_list)(request, taking)
    except ClientDisconnect:
        return Response(status_code=499)  # nobody reads it; the metric does
    return Response(answer.model_dump_json(), 202, media_type=JSON)


async def _take_list(request: Request, taking: "_Taking") -> AcceptedOut:
    body = await read_body(request, most=MOST_BYTES)
    with taking.pressure.queued("interactions", len(body)):
        judged = await taking.judged(lambda: read_batch(body))
        if not judged.accepted:
            raise nothing_accepted(judged.refusals, field="interactions")
        await taking.keep(judged, size=None)
        return taking.answer(judged.refusals, refused=len(judged.refusals))


async def _take_lines(request: Request, taking: "_Taking") -> AcceptedOut:
    """Keep groups of lines as they come, each one group late, so that the last one can say how many there were."""
    shown: list[Refusal] = []
    held: Judged[AcceptedInteraction] = Judged([], [])
    refused = 0
    async for group in lines_of(request, most=MOST_STREAM_BYTES):
        if held.accepted:
            await taking.keep(held, size=0)
        held = await taking.judged(partial(read_lines, group))
        refused += len(held.refusals)
        shown += held.refusals[: SHOWN_ERRORS - len(shown)]
    if not taking.kept + len(held.accepted):
        raise nothing_accepted(shown, field="lines")
    await taking.keep(held, size=taking.kept + len(held.accepted))
    return taking.answer(shown, refused=refused)


class _Taking:
    """One request on its way to the broker's disk."""

    def __init__(self, programme_id: UUID, parts: Parts, pressure: Pressure, metrics: DoorMetrics) -> None:
        self._programme_id, self._parts, self._metrics = programme_id, parts, metrics
        self._receipt_id = new_id()
        self.pressure = pressure
        self.kept = 0

    async def judged(self, read: Callable[[], Batch]) -> Judged[AcceptedInteraction]:
        """Read and judge a part of the request when it is its turn, in slices of some milliseconds."""
        async with self.pressure.turn:
            batch = read()
            accepted: list[AcceptedInteraction] = []
            refusals = list(batch.refusals)
            async for part in in_slices(batch.items):
                judged = await self._judge(part)
                accepted += judged.accepted
                refusals += judged.refusals
        self._metrics.refused("interactions", refusals)
        return Judged(accepted, sorted(refusals, key=lambda refusal: refusal.place))

    async def _judge(self, items: Sequence[Placed]) -> Judged[AcceptedInteraction]:
        judge = partial(service.judge, items, people=self._parts.person_keys, now=self._parts.clock.now())
        if sum(len(item.text) for _, item in items if item.text is not None) > LONG_TEXTS:
            return await asyncio.to_thread(judge)
        return judge()

    async def keep(self, judged: Judged[AcceptedInteraction], *, size: int | None) -> None:
        """Keep a part of the request. Raises BusUnavailable, saying how many are safe."""
        try:
            await service.keep(
                self._parts.publisher,
                judged,
                receipt_id=self._receipt_id,
                programme_id=self._programme_id,
                now=self._parts.clock.now(),
                size=size,
            )
        except BusUnavailable as error:
            safe = f"the first {self.kept} valid ones are safe, " if self.kept else ""
            raise BusUnavailable(f"{safe}others may not be; it is safe to send all again", retry_after=1) from error
        self.kept += len(judged.accepted)
        self._metrics.accepted("interactions", len(judged.accepted))

    def answer(self, shown: Sequence[Refusal], *, refused: int) -> AcceptedOut:
        """Return the answer for what was kept."""
        rejected = [RejectedOut.of(refusal) for refusal in shown]
        return AcceptedOut(receipt_id=self._receipt_id, accepted=self.kept, refused=refused, rejected=rejected)
