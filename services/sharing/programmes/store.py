"""Every statement about what content told."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from libs.storage.database import Transaction
from services.sharing.programmes.tables import Caption, Item, Programme


async def add_programme(tx: Transaction, row: Programme) -> None:
    """Insert a programme unless it is there."""
    await tx.run(insert(Programme).values(**row.model_dump()).on_conflict_do_nothing())


async def add_item(tx: Transaction, row: Item, captions: Sequence[Caption]) -> None:
    """Insert an item with its captions, what is there already excepted."""
    await tx.run(insert(Item).values(**row.model_dump()).on_conflict_do_nothing())
    if captions:
        await tx.run(insert(Caption).on_conflict_do_nothing(), [caption.model_dump() for caption in captions])


async def find_programme(tx: Transaction, programme_id: UUID) -> Programme | None:
    """Return a programme."""
    return await tx.session.get(Programme, programme_id)


async def find_item(tx: Transaction, item_id: UUID) -> Item | None:
    """Return a published item."""
    return await tx.session.get(Item, item_id)


async def latest_captions(tx: Transaction, programme_id: UUID, *, limit: int) -> Sequence[Caption]:
    """Return captions of a programme, those of the item published last first."""
    query = (
        select(Caption)
        .join(Item, col(Item.id) == col(Caption.item_id))
        .where(Item.programme_id == programme_id)
        .order_by(col(Item.published_at).desc(), col(Caption.id))
        .limit(limit)
    )
    return (await tx.session.exec(query)).all()


async def captions_of(tx: Transaction, item_id: UUID) -> Sequence[Caption]:
    """Return the captions of an item by id."""
    query = select(Caption).where(Caption.item_id == item_id).order_by(col(Caption.id))
    return (await tx.session.exec(query)).all()
