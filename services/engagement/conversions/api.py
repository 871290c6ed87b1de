"""The door for signed conversions, and the routes of the keys that sign them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from libs.auth.errors import ForeignProgramme
from libs.auth.principal import Principal
from libs.auth.require import require
from libs.auth.signed import Signed
from libs.bus.errors import BusUnavailable
from libs.clock import new_id
from libs.problems import FieldError
from libs.process.parts import App, Parts
from libs.storage.database import Transaction
from libs.web.errors import BodyTooLarge, IdempotencyConflict, InvalidRequest, MalformedBody
from libs.web.idempotency import IdempotentPost
from libs.web.problems import problems
from services.engagement.conversions import service
from services.engagement.conversions.domain import ConversionSecrets
from services.engagement.conversions.domain import Signed as SignedRequest
from services.engagement.conversions.errors import (
    ConversionKeyNotFound,
    TooManyConversionKeys,
    WrongConversionSignature,
)
from services.engagement.conversions.schemas import (
    BATCH_SCHEMA,
    ConversionKeyOut,
    ConversionKeysOut,
    NewConversionKeyOut,
)
from services.engagement.intake.api import Doors, Pressure, read_body, size_of
from services.engagement.intake.errors import BacklogTooDeep, DoorFull, NothingAccepted
from services.engagement.intake.schemas import AcceptedOut

router = APIRouter(tags=["conversions"])
Editor = Annotated[Principal, Depends(require("engagement:write"))]
MOST_BYTES = 512 * 1024
HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
BODY = {
    "parameters": [
        {"name": "programme_id", "in": "query", "required": True, "schema": {"type": "string", "format": "uuid"}},
        *({"name": name, "in": "header", "required": True, "schema": {"type": "string"}} for name in HEADERS),
    ],
    "requestBody": {"required": True, "content": {"application/json": {"schema": BATCH_SCHEMA}}},
}


async def _secrets(request: Request) -> ConversionSecrets:
    secrets: ConversionSecrets = request.app.state.conversion_secrets
    return secrets


Secrets = Annotated[ConversionSecrets, Depends(_secrets)]


async def _verified(request: Request) -> tuple[UUID, bytes]:
    """Return the programme and the raw body once a key of the programme is found to have signed it."""
    try:
        programme_id = UUID(request.query_params.get("programme_id", ""))
    except ValueError as error:
        raise InvalidRequest("see errors", errors=[FieldError("programme_id", "must be a UUID")]) from error
    pressure: Pressure = request.app.state.pressure
    with pressure.admitted("conversions", size_of(request, most=MOST_BYTES)):
        body = await read_body(request, most=MOST_BYTES)
    id_, timestamp, signatures = (request.headers.get(name, "") for name in HEADERS)
    signed = SignedRequest(id=id_, timestamp=timestamp, signatures=signatures, body=body)
    parts: Parts = request.app.state.parts
    secrets = await _secrets(request)
    try:
        async with parts.db.transaction() as tx:
            await service.verify(tx, programme_id, signed, secrets=secrets, now=parts.clock.now())
    except WrongConversionSignature:
        request.app.state.webhook_metrics.refused("conversions")
        raise
    return programme_id, body


@router.post(
    "/conversions",
    status_code=202,
    operation_id="post_conversions",
    openapi_extra=BODY,
    responses=problems(
        WrongConversionSignature,
        MalformedBody,
        InvalidRequest,
        BodyTooLarge,
        NothingAccepted,
        BacklogTooDeep,
        BusUnavailable,
        DoorFull,
    ),
)
async def post_conversions(
    request: Request, app: App, doors: Doors, signed: Annotated[tuple[UUID, bytes], Depends(Signed(_verified))]
) -> AcceptedOut:
    """Take up to 1,000 conversions, signed in the Standard Webhooks form with a key of the programme.

    `webhook-signature` is `v1,` and the HMAC-SHA256, in base64, of `<webhook-id>.<webhook-timestamp>.<body>`; the time
    may differ by five minutes. Sending again is safe.
    """
    programme_id, body = signed
    receipt_id = new_id()
    pressure: Pressure = request.app.state.pressure
    with pressure.admitted("conversions", len(body)), pressure.queued("conversions", len(body)):
        judged = await service.keep(
            app.publisher,
            body,
            programme_id=programme_id,
            receipt_id=receipt_id,
            people=app.person_keys,
            now=app.clock.now(),
        )
    doors.refused("conversions", judged.refusals)
    doors.accepted("conversions", len(judged.items))
    return AcceptedOut.of(receipt_id, len(judged.items), judged.refusals)


@router.post(
    "/programmes/{programme_id}/conversion-keys",
    status_code=201,
    response_model=NewConversionKeyOut,
    operation_id="create_conversion_key",
    responses=problems(ForeignProgramme, TooManyConversionKeys, IdempotencyConflict),
)
async def create_conversion_key(
    programme_id: UUID, by: Editor, app: App, secrets: Secrets, once: IdempotentPost
) -> Response:
    """Make a key; its secret is in this answer only. Two may be live, so that senders can change from one to the other.

    With the same Idempotency-Key the same caller gets the same answer for a day.
    """
    by.enter(programme_id)
    async with app.db.transaction() as tx:
        kept = await once.run(tx, lambda: _create(tx, app, programme_id, by), clock=app.clock)
    key = ConversionKeyOut.model_validate_json(bytes(kept.body))
    # what is kept for a repetition has no secret in it; that is derived again
    shown = NewConversionKeyOut(**key.model_dump(), secret=secrets.of(key.key_id))
    return Response(shown.model_dump_json(), kept.status_code, media_type="application/json")


async def _create(tx: Transaction, app: Parts, programme_id: UUID, by: Principal) -> ConversionKeyOut:
    subject = app.person_keys.of_subject(by.subject)
    key = await service.create_key(tx, new_id(), programme_id=programme_id, by=subject, now=app.clock.now())
    return ConversionKeyOut.of(key)


@router.get(
    "/programmes/{programme_id}/conversion-keys",
    operation_id="list_conversion_keys",
    responses=problems(ForeignProgramme),
)
async def list_conversion_keys(programme_id: UUID, by: Editor, app: App) -> ConversionKeysOut:
    """Return all keys of the programme, also revoked ones, without their secrets."""
    by.enter(programme_id)
    async with app.db.transaction() as tx:
        found = await service.keys_of(tx, programme_id)
    return ConversionKeysOut(items=[ConversionKeyOut.of(key) for key in found])


@router.delete(
    "/programmes/{programme_id}/conversion-keys/{key_id}",
    status_code=204,
    operation_id="revoke_conversion_key",
    responses=problems(ForeignProgramme, ConversionKeyNotFound),
)
async def revoke_conversion_key(programme_id: UUID, key_id: UUID, by: Editor, app: App) -> None:
    """Revoke a key at once; revoking it again changes nothing."""
    by.enter(programme_id)
    async with app.db.transaction() as tx:
        await service.revoke_key(tx, programme_id, key_id, now=app.clock.now())
