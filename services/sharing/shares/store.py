"""Every statement about shares."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from libs.storage.database import Transaction
from services.sharing.shares.tables import Share

LATEST = 200
"""Posts that a text is compared with at most, of each kind."""

Place = tuple[datetime, UUID]
"""Where a share stands in the order of publication."""

_WAIT = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


async def hold_author(tx: Transaction, ambassador_id: UUID) -> None:
    """Let no other share of this ambassador be recorded until the transaction ends."""
    await tx.run(_WAIT, {"name": f"author {ambassador_id}"})


async def hold_item(tx: Transaction, programme_id: UUID, item_id: UUID | None) -> None:
    """Let no other share of this item (null: of none) be recorded until the transaction ends. After `hold_author`."""
    await tx.run(_WAIT, {"name": f"item {programme_id} {item_id}"})


async def add(tx: Transaction, row: Share) -> bool:
    """Insert a share; returns whether the programme had none with this address."""
    statement = (
        insert(Share)
        .values(**row.model_dump())
        .on_conflict_do_nothing(index_elements=["programme_id", "post_url"])
        .returning(col(Share.id))
    )
    return (await tx.run(statement)).first() is not None


async def find(tx: Transaction, share_id: UUID) -> Share | None:
    """Return a share."""
    return await tx.session.get(Share, share_id)


async def of_ambassador(tx: Transaction, ambassador_id: UUID, last: Place | None, *, limit: int) -> Sequence[Share]:
    """Return shares of an ambassador, latest published first, from just after `last`."""
    query = (
        select(Share)
        .where(Share.ambassador_id == ambassador_id)
        .order_by(col(Share.published_at).desc(), col(Share.id).desc())
        .limit(limit)
    )
    if last is not None:
        query = query.where(_before(last))
    return (await tx.session.exec(query)).all()


async def own_texts(tx: Transaction, ambassador_id: UUID, *, since: datetime, before: Place) -> Sequence[str]:
    """Return the latest texts that an ambassador published from `since` until just before a place."""
    return await _texts(tx, col(Share.ambassador_id) == ambassador_id, col(Share.published_at) >= since, before=before)


async def own_texts_of_item(tx: Transaction, ambassador_id: UUID, *, item_id: UUID, before: Place) -> Sequence[str]:
    """Return the latest texts that an ambassador published about an item before a place."""
    return await _texts(tx, col(Share.ambassador_id) == ambassador_id, col(Share.item_id) == item_id, before=before)


async def colleagues_texts(
    tx: Transaction, ambassador_id: UUID, *, programme_id: UUID, item_id: UUID | None, since: datetime, before: Place
) -> Sequence[str]:
    """Return the latest texts that others in the programme published about an item (null: about none)."""
    return await _texts(
        tx,
        col(Share.programme_id) == programme_id,
        col(Share.item_id) == item_id if item_id else col(Share.item_id).is_(None),
        col(Share.ambassador_id) != ambassador_id,
        col(Share.published_at) >= since,
        before=before,
    )


async def _texts(tx: Transaction, *which: ColumnElement[bool], before: Place) -> Sequence[str]:
    query = (
        select(Share.text)
        .where(*which, _before(before))
        .order_by(col(Share.published_at).desc(), col(Share.id).desc())
        .limit(LATEST)
    )
    return (await tx.session.exec(query)).all()


def _before(place: Place) -> ColumnElement[bool]:
    return tuple_(col(Share.published_at), col(Share.id)) < place
