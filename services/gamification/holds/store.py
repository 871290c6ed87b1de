"""Every statement about held shares."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from libs.storage.database import Transaction
from libs.storage.tables import any_of
from services.gamification.holds.tables import HeldShare


async def add(tx: Transaction, hold_id: UUID, authors: Mapping[UUID, UUID]) -> None:
    """Insert one row for each share (by share, its author); those that are there stay."""
    rows = [
        HeldShare(hold_id=hold_id, share_id=share, ambassador_id=who).model_dump() for share, who in authors.items()
    ]
    if rows:
        await tx.run(insert(HeldShare).on_conflict_do_nothing(), rows)


async def remove(tx: Transaction, hold_id: UUID) -> None:
    """Delete the rows of a hold."""
    await tx.run(delete(HeldShare).where(col(HeldShare.hold_id) == hold_id))


async def of_ambassadors(tx: Transaction, ambassador_ids: Collection[UUID]) -> set[UUID]:
    """Return the held shares of these authors."""
    query = select(HeldShare.share_id).where(col(HeldShare.ambassador_id) == any_of(ambassador_ids))
    return set((await tx.session.exec(query)).all())
