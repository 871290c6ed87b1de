"""Routes of deliveries: the log, retries, replays and tests."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from gateway.webhooks.deliveries import service
from gateway.webhooks.deliveries.domain import State
from gateway.webhooks.deliveries.domain.body import trial_event
from gateway.webhooks.deliveries.domain.signing import signed_headers
from gateway.webhooks.deliveries.errors import (
    DeliveryNotFound,
    DeliveryUnderWay,
    EventGone,
    ReplayNotFound,
    ReplayUnderWay,
    TooManyTests,
)
from gateway.webhooks.deliveries.keeper.sending import Dispatcher
from gateway.webhooks.deliveries.schemas import DeliveryOut, ReplayIn, ReplayOut, TrialOut
from gateway.webhooks.deliveries.service import replaying
from gateway.webhooks.subscriptions import service as subscriptions
from gateway.webhooks.subscriptions.api import Editor, Sealing, Sending, own
from gateway.webhooks.subscriptions.errors import WebhookDisabled, WebhookNotFound
from libs.auth.principal import Principal
from libs.auth.require import require
from libs.bus.errors import BusUnavailable
from libs.bus.log import read_one
from libs.clock import new_id
from libs.events.topology import stream_of
from libs.problems import FieldError
from libs.process.parts import App
from libs.telemetry.context import current
from libs.web.errors import InvalidRequest
from libs.web.pages import Cursor, Limit, Page, id_after, page_of
from libs.web.problems import problems

router = APIRouter(tags=["webhooks"])
Reader = Annotated[Principal, Depends(require("webhooks:read", "webhooks:write"))]
MOST_TESTS = 4
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


class Tests:
    """The tests that are under way in this process: few, since each caller waits for an endpoint."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(MOST_TESTS)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Hold a place. Raises TooManyTests."""
        if self._places.locked():
            raise TooManyTests("try again in some seconds", retry_after=5)
        async with self._places:
            yield


async def _dispatcher(request: Request) -> Dispatcher:
    dispatcher: Dispatcher = request.app.state.dispatcher
    return dispatcher


async def _tests(request: Request) -> Tests:
    tests: Tests = request.app.state.tests
    return tests


Dispatching = Annotated[Dispatcher, Depends(_dispatcher)]
Testing = Annotated[Tests, Depends(_tests)]


@router.get(
    "/webhooks/{webhook_id}/deliveries",
    operation_id="list_deliveries",
    responses=problems(WebhookNotFound),
)
async def list_deliveries(
    webhook_id: UUID, by: Editor, app: App, state: State | None = None, limit: Limit = 50, cursor: Cursor = None
) -> Page[DeliveryOut]:
    """List what was and is to be sent, newest first, with each attempt."""
    last = id_after(cursor)
    async with app.db.transaction() as tx:
        enabled = (await own(tx, webhook_id, by)).disabled_at is None
        rows = await service.listed(tx, webhook_id, state=state, last=last, limit=limit + 1)
    return page_of(
        rows, limit, shape=lambda row: DeliveryOut.of(row, enabled=enabled), position=lambda row: [str(row.id)]
    )


@router.post(
    "/deliveries/{delivery_id}:retry",
    operation_id="retry_delivery",
    responses=problems(DeliveryNotFound, WebhookDisabled, DeliveryUnderWay),
)
async def retry_delivery(delivery_id: UUID, by: Editor, app: App, dispatcher: Dispatching) -> DeliveryOut:
    """Send it now, whatever had become of it, with the whole schedule of tries before it again."""
    async with app.db.transaction() as tx:
        found = await service.get(tx, delivery_id, among=by.programmes)
        webhook = await own(tx, found.webhook_id, by, lock=True)
        row = await service.retry(tx, webhook, delivery_id, now=app.clock.now())
        answer = DeliveryOut.of(row, enabled=True)
    dispatcher.wake()
    return answer


@router.get(
    "/deliveries/{delivery_id}/event",
    operation_id="get_delivered_event",
    response_class=Response,
    responses={
        200: {"description": "The event in its envelope.", "content": {"application/cloudevents+json": {}}},
        **problems(DeliveryNotFound, EventGone, BusUnavailable),
    },
)
async def get_delivered_event(delivery_id: UUID, by: Reader, app: App) -> Response:
    """Return the whole event: what `dataref` leads to where it was too large to be posted."""
    async with app.db.transaction() as tx:
        row = await service.get(tx, delivery_id, among=by.programmes)
    whole = await read_one(app.connection, stream_of(row.event_type), row.sequence)
    if whole is None or row.event_id.encode() not in whole:  # a stream that was made anew counts from 1 again
        raise EventGone("it was posted without its data; the stream has forgotten it")
    return Response(whole, media_type="application/cloudevents+json")


@router.post(
    "/webhooks/{webhook_id}:replay",
    status_code=202,
    operation_id="replay_webhook",
    responses=problems(WebhookNotFound, WebhookDisabled, ReplayUnderWay, InvalidRequest),
)
async def replay_webhook(webhook_id: UUID, body: ReplayIn, by: Editor, app: App) -> ReplayOut:
    """Send again what was told from a time until now, as far back as the streams keep it. Each event keeps its id."""
    now = app.clock.now()
    if not EARLIEST <= body.since <= now:
        raise InvalidRequest("see errors", errors=[FieldError("since", "must lie in the past of this millennium")])
    async with app.db.transaction() as tx:
        row = await own(tx, webhook_id, by, lock=True)
        return ReplayOut.of(await replaying.ask(tx, row, since=body.since, again=body.delivered, now=now))


@router.get(
    "/webhooks/{webhook_id}/replay",
    operation_id="get_replay",
    responses=problems(WebhookNotFound, ReplayNotFound),
)
async def get_replay(webhook_id: UUID, by: Editor, app: App) -> ReplayOut:
    """Return the last replay: one that was asked for, or one that takes what did not fit into the backlog."""
    async with app.db.transaction() as tx:
        await own(tx, webhook_id, by)
        return ReplayOut.of(await replaying.last(tx, webhook_id))


@router.post(
    "/webhooks/{webhook_id}:test",
    operation_id="test_webhook",
    responses=problems(WebhookNotFound, TooManyTests),
)
async def test_webhook(
    webhook_id: UUID, by: Editor, app: App, sender: Sending, sealer: Sealing, tests: Testing
) -> TrialOut:
    """Post a test event now, also where the webhook is disabled, and answer what happened. It is not tried again."""
    now, event_id = app.clock.now(), new_id()
    async with tests.place():
        async with app.db.transaction() as tx:
            row = await own(tx, webhook_id, by, lock=True)  # while it is there, so are its secrets
            secrets = (await subscriptions.secrets_of(tx, [row.id], sealer=sealer, now=now))[row.id]
        body = trial_event(
            event_id,
            webhook_id=row.id,
            programme_id=row.programme_id,
            correlation_id=current().correlation_id,
            now=now,
        )
        answer = await sender.post(row.url, signed_headers(str(event_id), body, secrets, now=now), body)
    return TrialOut.of(event_id, answer)
