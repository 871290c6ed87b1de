"""Every statement about items and captions."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import tuple_
from sqlmodel import col, select

from libs.storage.database import Transaction
from services.content.items.tables import Caption, Item


async def add(tx: Transaction, row: Item, captions: Sequence[Caption]) -> None:
    """Insert an item with its captions."""
    tx.session.add(row)
    await tx.session.flush()
    tx.session.add_all(captions)
    await tx.session.flush()


async def find(tx: Transaction, item_id: UUID, *, lock: bool = False) -> Item | None:
    """Return an item, held against other writers when `lock`."""
    return await tx.session.get(Item, item_id, with_for_update=lock or None, populate_existing=lock)


async def save(tx: Transaction, row: Item) -> None:
    """Write a changed item."""
    tx.session.add(row)
    await tx.session.flush()


async def captions_of(tx: Transaction, item_ids: Sequence[UUID]) -> dict[UUID, list[Caption]]:
    """Return the captions of items, in their order."""
    query = select(Caption).where(col(Caption.item_id).in_(item_ids)).order_by(col(Caption.position))
    found: dict[UUID, list[Caption]] = {item_id: [] for item_id in item_ids}
    for caption in (await tx.session.exec(query)).all():
        found[caption.item_id].append(caption)
    return found


async def published_before(
    tx: Transaction, programme_id: UUID, last: tuple[datetime, UUID] | None, *, limit: int
) -> Sequence[Item]:
    """Return published items of a programme, newest first, from just after `last`."""
    place = tuple_(col(Item.published_at), col(Item.id))
    query = (
        select(Item)
        .where(Item.programme_id == programme_id, col(Item.published_at).is_not(None))
        .order_by(col(Item.published_at).desc(), col(Item.id).desc())
        .limit(limit)
    )
    if last is not None:
        query = query.where(place < last)
    return (await tx.session.exec(query)).all()
