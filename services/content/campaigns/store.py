"""Every statement about campaigns."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from libs.storage.database import Transaction
from services.content.campaigns.tables import Campaign


async def add(tx: Transaction, row: Campaign) -> None:
    """Insert a campaign."""
    tx.session.add(row)
    await tx.session.flush()


async def find(tx: Transaction, campaign_id: UUID) -> Campaign | None:
    """Return a campaign."""
    return await tx.session.get(Campaign, campaign_id)


async def after(tx: Transaction, programme_id: UUID, last: UUID | None, *, limit: int) -> Sequence[Campaign]:
    """Return the next campaigns of a programme by id."""
    query = select(Campaign).where(Campaign.programme_id == programme_id).order_by(col(Campaign.id)).limit(limit)
    if last is not None:
        query = query.where(col(Campaign.id) > last)
    return (await tx.session.exec(query)).all()
