"""Every statement about programmes."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from libs.storage.database import Transaction
from services.content.programmes.tables import Programme


async def add(tx: Transaction, row: Programme) -> None:
    """Insert a programme."""
    tx.session.add(row)
    await tx.session.flush()


async def find(tx: Transaction, programme_id: UUID) -> Programme | None:
    """Return a programme."""
    return await tx.session.get(Programme, programme_id)


async def after(
    tx: Transaction, last: UUID | None, *, among: frozenset[UUID] | None, limit: int
) -> Sequence[Programme]:
    """Return the next programmes by id, of those in `among` (None: of all)."""
    query = select(Programme).order_by(col(Programme.id)).limit(limit)
    if last is not None:
        query = query.where(col(Programme.id) > last)
    if among is not None:
        query = query.where(col(Programme.id).in_(among))
    return (await tx.session.exec(query)).all()
