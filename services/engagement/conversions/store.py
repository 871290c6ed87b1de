"""Every statement about keys of conversions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text, update
from sqlmodel import col, select

from libs.storage.database import Transaction
from services.engagement.conversions.domain import ConversionKey
from services.engagement.conversions.tables import ConversionKeyRow

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended(CAST(:programme_id AS text), 7201564))")


async def lock_keys(tx: Transaction, programme_id: UUID) -> None:
    """Let nobody else change the keys of a programme until the transaction ends."""
    await tx.run(_ONE_AT_A_TIME, {"programme_id": str(programme_id)})


async def add_key(tx: Transaction, key: ConversionKey, *, by: str) -> None:
    """Insert a key."""
    tx.session.add(
        ConversionKeyRow(
            key_id=key.key_id,
            programme_id=key.programme_id,
            created_at=key.created_at,
            created_by=by,
            revoked_at=key.revoked_at,
        )
    )
    await tx.session.flush()


async def keys_of(tx: Transaction, programme_id: UUID, *, live: bool) -> list[ConversionKey]:
    """Return the keys of a programme, oldest first; only those that are not revoked when `live`."""
    query = select(ConversionKeyRow).where(ConversionKeyRow.programme_id == programme_id)
    if live:
        query = query.where(col(ConversionKeyRow.revoked_at).is_(None))
    rows = await tx.session.exec(query.order_by(col(ConversionKeyRow.key_id)))
    return [ConversionKey(**row.model_dump(exclude={"created_by"})) for row in rows]


async def revoke(tx: Transaction, programme_id: UUID, key_id: UUID, *, now: datetime) -> bool:
    """Revoke a key, keeping the time when it was revoked first; False when the programme has no such key."""
    changed = await tx.run(
        update(ConversionKeyRow)
        .where(col(ConversionKeyRow.programme_id) == programme_id, col(ConversionKeyRow.key_id) == key_id)
        .values(revoked_at=text("coalesce(revoked_at, :now)").bindparams(now=now))
        .returning(col(ConversionKeyRow.key_id))
    )
    return changed.first() is not None
