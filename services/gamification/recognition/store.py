"""Every statement about spotlights."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import tuple_
from sqlmodel import col, select

from libs.storage.database import Transaction
from services.gamification.recognition.tables import Spotlight

Place = tuple[datetime, UUID]


async def find(tx: Transaction, spotlight_id: UUID) -> Spotlight | None:
    """Return a spotlight; nobody else changes it until the commit."""
    return await tx.session.get(Spotlight, spotlight_id, with_for_update=True, populate_existing=True)


async def save(tx: Transaction, row: Spotlight) -> None:
    """Insert a spotlight, or write what changed of it."""
    tx.session.add(row)
    await tx.session.flush()


async def before(tx: Transaction, programme_id: UUID, last: Place | None, *, limit: int) -> Sequence[Spotlight]:
    """Return spotlights of a programme that nobody withdrew, newest first, from just before `last` (time, id)."""
    query = select(Spotlight).where(Spotlight.programme_id == programme_id, col(Spotlight.withdrawn_at).is_(None))
    if last:
        query = query.where(tuple_(col(Spotlight.given_at), col(Spotlight.id)) < last)
    query = query.order_by(col(Spotlight.given_at).desc(), col(Spotlight.id).desc()).limit(limit)
    return (await tx.session.exec(query)).all()
