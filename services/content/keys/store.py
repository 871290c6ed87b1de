"""Every statement about API keys."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, text
from sqlmodel import col, select

from libs.storage.database import Transaction
from libs.storage.tables import any_of
from services.content.keys.tables import ApiKey, ApiKeySecret

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended(CAST(:programme_id AS text), 7201565))")
_USED = text("UPDATE api_key SET last_used_on = greatest(last_used_on, :day) WHERE id = :id")


async def hold_programme(tx: Transaction, programme_id: UUID) -> None:
    """Let nobody else make a key of the programme until the transaction ends."""
    await tx.run(_ONE_AT_A_TIME, {"programme_id": str(programme_id)})


async def count_in_force(tx: Transaction, programme_id: UUID) -> int:
    """Return how many keys of a programme are not revoked."""
    query = select(func.count()).where(ApiKey.programme_id == programme_id, col(ApiKey.revoked_at).is_(None))
    return (await tx.session.exec(query)).one()


async def save(tx: Transaction, *rows: ApiKey | ApiKeySecret) -> None:
    """Insert or update rows, in this order."""
    for row in rows:
        tx.session.add(row)
        await tx.session.flush()


async def find(tx: Transaction, key_id: UUID, *, lock: bool) -> ApiKey | None:
    """Return a key, held against other writers when `lock`."""
    return await tx.session.get(ApiKey, key_id, with_for_update=lock or None, populate_existing=lock)


async def after(tx: Transaction, programme_id: UUID, last: UUID | None, *, limit: int) -> Sequence[ApiKey]:
    """Return the next keys of a programme by id."""
    query = select(ApiKey).where(ApiKey.programme_id == programme_id).order_by(col(ApiKey.id)).limit(limit)
    if last is not None:
        query = query.where(col(ApiKey.id) > last)
    return (await tx.session.exec(query)).all()


async def secrets_of(tx: Transaction, key_ids: Sequence[UUID]) -> Sequence[ApiKeySecret]:
    """Return all secrets of keys, oldest first."""
    query = select(ApiKeySecret).where(col(ApiKeySecret.key_id) == any_of(key_ids)).order_by(col(ApiKeySecret.id))
    return (await tx.session.exec(query)).all()


async def hold_keys(tx: Transaction) -> None:
    """Let nobody revoke or rotate any key until the transaction ends."""
    await tx.run(select(ApiKey.id).order_by(col(ApiKey.id)).with_for_update(read=True))


async def every_secret(tx: Transaction) -> Sequence[tuple[ApiKey, ApiKeySecret]]:
    """Return all secrets with their keys, as they are now."""
    query = select(ApiKey, ApiKeySecret).where(ApiKey.id == ApiKeySecret.key_id)
    return (await tx.session.exec(query.execution_options(populate_existing=True))).all()


async def remember_uses(tx: Transaction, days: Mapping[UUID, date]) -> None:
    """Keep on which day each key was last used; an earlier day changes nothing, and so does an unknown key."""
    if days:
        await tx.run(_USED, [{"id": key_id, "day": day} for key_id, day in days.items()])
