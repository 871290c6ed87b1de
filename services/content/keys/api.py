"""Routes of API keys."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from libs.auth.api_keys import digest_of, new_key
from libs.auth.errors import ForeignProgramme
from libs.auth.principal import Principal
from libs.auth.require import require
from libs.clock import new_id
from libs.process.parts import App
from libs.telemetry.logs import logger
from libs.web.idempotency import REPLAYED, IdempotentPost
from libs.web.pages import Cursor, Limit, Page, id_after, page_of
from libs.web.problems import problems
from services.content.keys import service
from services.content.keys.domain import grant
from services.content.keys.errors import ApiKeyNotFound, ApiKeyRevoked, ScopesNotHeld, TooManyApiKeys, TooManySecrets
from services.content.keys.schemas import ApiKeyIn, ApiKeyOut, NewApiKeyOut, RotationIn
from services.content.keys.tables import ApiKey, ApiKeySecret
from services.content.programmes.errors import ProgrammeNotFound

log = logger(__name__)

router = APIRouter(tags=["API keys"])
Keeper = Annotated[Principal, Depends(require("keys:write"))]


@router.post(
    "/programmes/{programme_id}/api-keys",
    status_code=201,
    response_model=NewApiKeyOut,
    operation_id="create_api_key",
    responses=problems(ProgrammeNotFound, ForeignProgramme, ScopesNotHeld, TooManyApiKeys),
)
async def create_api_key(programme_id: UUID, body: ApiKeyIn, by: Keeper, once: IdempotentPost, app: App) -> Response:
    """Make a key for a machine of the programme, with some of the caller's own scopes; it holds within seconds.

    The key itself is in the first answer only: what is kept for a repetition does not have it.
    """
    by.enter(programme_id)
    key = ApiKey(
        id=new_id(),
        programme_id=programme_id,
        name=body.name,
        scopes=grant(body.scopes, by.scopes),
        lifetime_days=body.lifetime_days,
        created_by=app.person_keys.of_subject(by.subject),
        created_at=app.clock.now(),
    )
    text, secret = _new_secret(key, app)

    async def create() -> ApiKeyOut:
        return ApiKeyOut.of(await service.create_key(tx, key, secret))

    async with app.db.transaction() as tx:
        kept = await once.run(tx, create, clock=app.clock)
    made = ApiKeyOut.model_validate_json(bytes(kept.body))
    if REPLAYED in kept.headers:
        shown, told = NewApiKeyOut(**made.model_dump(), key=None), {REPLAYED: "true"}
    else:
        shown, told = NewApiKeyOut(**made.model_dump(), key=text), {}
        log.info("api_key_created", key_id=str(key.id), programme_id=str(programme_id), scopes=key.scopes)
    return Response(shown.model_dump_json(), kept.status_code, told, "application/json")


@router.get(
    "/programmes/{programme_id}/api-keys",
    operation_id="list_api_keys",
    responses=problems(ProgrammeNotFound, ForeignProgramme),
)
async def list_api_keys(
    programme_id: UUID, by: Keeper, app: App, limit: Limit = 50, cursor: Cursor = None
) -> Page[ApiKeyOut]:
    """List the keys of a programme, oldest first, also those that were revoked."""
    by.enter(programme_id)
    last = id_after(cursor)
    async with app.db.transaction() as tx:
        found = await service.list_keys(tx, programme_id, last=last, limit=limit + 1, now=app.clock.now())
    return page_of(found, limit, shape=ApiKeyOut.of, position=lambda one: [str(one[0].id)])


@router.post(
    "/api-keys/{api_key_id}:rotate",
    operation_id="rotate_api_key",
    responses=problems(ApiKeyNotFound, ApiKeyRevoked, ScopesNotHeld, TooManySecrets),
)
async def rotate_api_key(api_key_id: UUID, body: RotationIn, by: Keeper, app: App) -> NewApiKeyOut:
    """Give the machine another secret; what it holds now stays good for the overlap. Shown in this answer only."""
    now, overlap = app.clock.now(), timedelta(hours=body.overlap_hours)
    async with app.db.transaction() as tx:
        key = await service.get_key(tx, api_key_id, among=by.programmes, lock=True)
        grant(key.scopes, by.scopes)  # else somebody could take a key that may do more than they may
        text, secret = _new_secret(key, app)
        rotated = ApiKeyOut.of(await service.rotate_key(tx, key, secret, overlap=overlap, now=now))
    log.info("api_key_rotated", key_id=str(api_key_id), overlap_hours=body.overlap_hours)
    return NewApiKeyOut(**rotated.model_dump(), key=text)


@router.post("/api-keys/{api_key_id}:revoke", operation_id="revoke_api_key", responses=problems(ApiKeyNotFound))
async def revoke_api_key(api_key_id: UUID, by: Keeper, app: App) -> ApiKeyOut:
    """End a key for good, everywhere within seconds; again, it changes nothing."""
    async with app.db.transaction() as tx:
        key = await service.get_key(tx, api_key_id, among=by.programmes, lock=True)
        revoked = ApiKeyOut.of(await service.revoke_key(tx, key, now=app.clock.now()))
    log.info("api_key_revoked", key_id=str(api_key_id))
    return revoked


def _new_secret(key: ApiKey, app: App) -> tuple[str, ApiKeySecret]:
    """Return what the owner gets and what is kept of it."""
    secret_id, now = new_id(), app.clock.now()
    text = new_key(secret_id)
    ends_at = now + timedelta(days=key.lifetime_days)
    return text, ApiKeySecret(id=secret_id, key_id=key.id, digest=digest_of(text), made_at=now, ends_at=ends_at)
