"""Routes of webhooks."""

from datetime import timedelta
from secrets import token_bytes
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from gateway.webhooks.endpoints.sender import Sender
from gateway.webhooks.endpoints.urls import WrongUrl
from gateway.webhooks.subscriptions import service
from gateway.webhooks.subscriptions.domain.events import Scalar, faults_of_types, normal_filters
from gateway.webhooks.subscriptions.domain.sealing import BYTES, Sealer, shown
from gateway.webhooks.subscriptions.errors import TooManySecrets, TooManyWebhooks, WebhookNotFound
from gateway.webhooks.subscriptions.schemas import NewWebhookOut, RotateIn, SecretOut, WebhookIn, WebhookOut
from gateway.webhooks.subscriptions.tables import Webhook
from libs.auth.errors import ForeignProgramme
from libs.auth.principal import Principal
from libs.auth.require import require
from libs.clock import new_id
from libs.problems import FieldError
from libs.process.parts import App
from libs.storage.database import Transaction
from libs.web.errors import IdempotencyConflict, InvalidRequest
from libs.web.idempotency import IdempotentPost
from libs.web.pages import Cursor, Limit, Page, id_after, page_of
from libs.web.problems import problems

router = APIRouter(tags=["webhooks"])
Editor = Annotated[Principal, Depends(require("webhooks:write"))]
KNOWN = problems(WebhookNotFound)


async def _sender(request: Request) -> Sender:
    sender: Sender = request.app.state.sender
    return sender


async def _sealer(request: Request) -> Sealer:
    sealer: Sealer = request.app.state.sealer
    return sealer


Sending = Annotated[Sender, Depends(_sender)]
Sealing = Annotated[Sealer, Depends(_sealer)]


@router.post(
    "/programmes/{programme_id}/webhooks",
    status_code=201,
    response_model=NewWebhookOut,
    operation_id="create_webhook",
    responses=problems(ForeignProgramme, TooManyWebhooks, InvalidRequest, IdempotencyConflict),
)
async def create_webhook(
    programme_id: UUID,
    body: WebhookIn,
    by: Editor,
    once: IdempotentPost,
    app: App,
    sender: Sending,
    sealer: Sealing,
) -> Response:
    """Have events of the programme posted to an address. The secret that signs them is in this answer only."""
    by.enter(programme_id)
    filters = await checked(body, sender)
    now = app.clock.now()
    row = Webhook(
        id=new_id(),
        programme_id=programme_id,
        **{**body.model_dump(), "filters": filters},
        created_at=now,
        created_by=app.person_keys.of_subject(by.subject),
        changed_at=now,
    )

    async def create() -> WebhookOut:
        return WebhookOut.of(await service.create(tx, row, token_bytes(BYTES), sealer=sealer))

    async with app.db.transaction() as tx:
        kept = await once.run(tx, create, clock=app.clock)
        # what is kept for a repetition has no secret in it
        made = WebhookOut.model_validate_json(bytes(kept.body))
        secret = await service.first_secret(tx, made.id, sealer=sealer, now=now)
    answer = NewWebhookOut(**made.model_dump(), secret=shown(secret) if secret else None)
    return Response(answer.model_dump_json(), kept.status_code, media_type="application/json")


async def checked(body: WebhookIn, sender: Sender) -> dict[str, Scalar]:
    """Return the filters with their values as events have them. Raises InvalidRequest, naming each wrong field."""
    wrong = faults_of_types(body.event_types)
    filters, faults = ({}, []) if wrong else normal_filters(body.event_types, body.filters)
    try:
        await sender.check(body.url)
    except WrongUrl as fault:
        faults.append(FieldError("url", str(fault)))
    if errors := [*wrong, *faults]:
        raise InvalidRequest(f"{len(errors)} of the fields are not valid; see errors", errors=errors)
    return filters


@router.get("/programmes/{programme_id}/webhooks", operation_id="list_webhooks", responses=problems(ForeignProgramme))
async def list_webhooks(
    programme_id: UUID, by: Editor, app: App, limit: Limit = 50, cursor: Cursor = None
) -> Page[WebhookOut]:
    """List the programme's webhooks, oldest first."""
    by.enter(programme_id)
    last = id_after(cursor)
    async with app.db.transaction() as tx:
        rows = await service.listed(tx, programme_id, last=last, limit=limit + 1)
    return page_of(rows, limit, shape=WebhookOut.of, position=lambda row: [str(row.id)])


@router.get("/webhooks/{webhook_id}", operation_id="get_webhook", responses=KNOWN)
async def get_webhook(webhook_id: UUID, by: Editor, app: App) -> WebhookOut:
    """Return a webhook, and how its endpoint does."""
    async with app.db.transaction() as tx:
        return WebhookOut.of(await own(tx, webhook_id, by))


@router.put(
    "/webhooks/{webhook_id}",
    operation_id="change_webhook",
    responses=problems(WebhookNotFound, InvalidRequest),
)
async def change_webhook(webhook_id: UUID, body: WebhookIn, by: Editor, app: App, sender: Sending) -> WebhookOut:
    """Replace what a webhook is. Deliveries that wait go to the new address."""
    filters = await checked(body, sender)
    async with app.db.transaction() as tx:
        row = await own(tx, webhook_id, by, lock=True)
        changed = {**body.model_dump(), "filters": filters}
        return WebhookOut.of(await service.change(tx, row, **changed, now=app.clock.now()))


@router.delete("/webhooks/{webhook_id}", status_code=204, operation_id="delete_webhook", responses=KNOWN)
async def delete_webhook(webhook_id: UUID, by: Editor, app: App) -> None:
    """Delete a webhook with its secrets, its log and what waits for it."""
    async with app.db.transaction() as tx:
        await service.remove(tx, await own(tx, webhook_id, by))


@router.post(
    "/webhooks/{webhook_id}:rotate",
    operation_id="rotate_webhook",
    responses=problems(WebhookNotFound, TooManySecrets),
)
async def rotate_webhook(webhook_id: UUID, body: RotateIn, by: Editor, app: App, sealer: Sealing) -> SecretOut:
    """Sign with a new secret. Until the overlap ends each attempt also has a signature by every earlier one."""
    secret, overlap, now = token_bytes(BYTES), timedelta(hours=body.overlap_hours), app.clock.now()
    async with app.db.transaction() as tx:
        row = await own(tx, webhook_id, by, lock=True)
        await service.rotate(tx, row, secret, overlap=overlap, sealer=sealer, now=now)
    return SecretOut(secret=shown(secret), earlier_until=now + overlap)


@router.post("/webhooks/{webhook_id}:enable", operation_id="enable_webhook", responses=KNOWN)
async def enable_webhook(webhook_id: UUID, by: Editor, app: App) -> WebhookOut:
    """Let a disabled webhook hear again. What waited is sent now; what was told meanwhile has to be replayed."""
    async with app.db.transaction() as tx:
        return WebhookOut.of(await service.enable(tx, await own(tx, webhook_id, by, lock=True), now=app.clock.now()))


@router.post("/webhooks/{webhook_id}:disable", operation_id="disable_webhook", responses=KNOWN)
async def disable_webhook(webhook_id: UUID, by: Editor, app: App) -> WebhookOut:
    """Send nothing until it is enabled. What waits is kept for some days; what is told meanwhile is not."""
    async with app.db.transaction() as tx:
        return WebhookOut.of(await service.disable(tx, await own(tx, webhook_id, by, lock=True), now=app.clock.now()))


async def own(tx: Transaction, webhook_id: UUID, by: Principal, *, lock: bool = False) -> Webhook:
    """Return a webhook of a programme that the caller may enter. Raises WebhookNotFound."""
    return await service.get(tx, webhook_id, among=by.programmes, lock=lock)
