"""Use cases of conversions: their keys, who has signed a request, and keeping what is valid in it."""

from datetime import datetime
from uuid import UUID

from libs.auth.person_keys import PersonKeys
from libs.bus.publish import Publisher
from libs.events.intake import InteractionsAccepted
from libs.storage.database import Transaction
from services.engagement.conversions import store
from services.engagement.conversions.domain import (
    MOST_LIVE,
    ConversionKey,
    ConversionSecrets,
    Signed,
    is_in_time,
    is_signed,
)
from services.engagement.conversions.errors import (
    ConversionKeyNotFound,
    TooManyConversionKeys,
    WrongConversionSignature,
)
from services.engagement.conversions.schemas import Judged, accepted_of, read_batch
from services.engagement.intake import service as intake


async def verify(
    tx: Transaction, programme_id: UUID, signed: Signed, *, secrets: ConversionSecrets, now: datetime
) -> None:
    """Return when a live key of the programme has signed the request. Raises WrongConversionSignature.

    A programme without keys, or one that does not exist, answers the same.
    """
    live = await store.keys_of(tx, programme_id, live=True)
    right = is_signed(signed, [secrets.raw(key.key_id) for key in live])
    if not right or not signed.id or not is_in_time(signed.timestamp, now=now):
        raise WrongConversionSignature("sign id, time and raw body with a live key, at most five minutes ago")


async def keep(
    publisher: Publisher, body: bytes, *, programme_id: UUID, receipt_id: UUID, people: PersonKeys, now: datetime
) -> Judged:
    """Judge a request and keep what is valid. Raises MalformedBody, InvalidRequest, NothingAccepted, BusUnavailable."""
    judged = read_batch(body, now=now)
    if not judged.items:
        raise intake.nothing_accepted(judged.refusals, field="body")
    event = InteractionsAccepted(
        receipt_id=receipt_id,
        programme_id=programme_id,
        door="conversions",
        interactions=tuple(accepted_of(place, item, people) for place, item in judged.items),
    )
    await intake.keep(publisher, event, now=now)
    return judged


async def create_key(tx: Transaction, key_id: UUID, *, programme_id: UUID, by: str, now: datetime) -> ConversionKey:
    """Make a key. Raises TooManyConversionKeys."""
    await store.lock_keys(tx, programme_id)
    if len(await store.keys_of(tx, programme_id, live=True)) >= MOST_LIVE:
        raise TooManyConversionKeys("revoke one first")
    key = ConversionKey(key_id=key_id, programme_id=programme_id, created_at=now, revoked_at=None)
    await store.add_key(tx, key, by=by)
    return key


async def keys_of(tx: Transaction, programme_id: UUID) -> list[ConversionKey]:
    """Return all keys of a programme, oldest first."""
    return await store.keys_of(tx, programme_id, live=False)


async def revoke_key(tx: Transaction, programme_id: UUID, key_id: UUID, *, now: datetime) -> None:
    """Revoke a key; nothing signed with it is taken from now on. Raises ConversionKeyNotFound."""
    if not await store.revoke(tx, programme_id, key_id, now=now):
        raise ConversionKeyNotFound(f"the programme has no key {key_id}")
