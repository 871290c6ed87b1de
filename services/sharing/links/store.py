"""Every statement about links, what programmes allow, and where authors came from."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, literal, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from libs.storage.database import Transaction
from libs.storage.tables import any_of
from services.sharing.links.tables import AuthorVisitor, Link, LinkSettings


async def find_settings(tx: Transaction, programme_id: UUID) -> LinkSettings | None:
    """Return what a programme allows, if it was ever said."""
    return await tx.session.get(LinkSettings, programme_id)


async def save_settings(tx: Transaction, row: LinkSettings) -> None:
    """Write what a programme allows."""
    values = row.model_dump()
    await tx.run(
        insert(LinkSettings).values(**values).on_conflict_do_update(index_elements=["programme_id"], set_=values)
    )


async def add(tx: Transaction, row: Link) -> bool:
    """Insert a link; returns whether neither its code nor a waiting one for the same thing was there."""
    statement = insert(Link).values(**row.model_dump()).on_conflict_do_nothing().returning(col(Link.id))
    return (await tx.run(statement)).first() is not None


async def waiting_like(tx: Transaction, row: Link) -> Link | None:
    """Return the link that waits for a share of the same thing by the same person on the same network."""
    query = select(Link).where(
        Link.ambassador_id == row.ambassador_id,
        Link.network == row.network,
        col(Link.item_id).is_not_distinct_from(row.item_id),
        func.md5(col(Link.target)) == func.md5(row.target),
        col(Link.share_id).is_(None),
        col(Link.disabled_at).is_(None),
    )
    return (await tx.session.exec(query)).first()


async def find(tx: Transaction, link_id: UUID, *, lock: bool = False) -> Link | None:
    """Return a link, held against other writers when `lock`."""
    return await tx.session.get(
        Link, link_id, with_for_update={"key_share": True} if lock else None, populate_existing=lock
    )


async def of_share(tx: Transaction, share_id: UUID) -> Link | None:
    """Return the link of a share."""
    return (await tx.session.exec(select(Link).where(Link.share_id == share_id))).first()


async def of_ambassador(tx: Transaction, ambassador_id: UUID, last: UUID | None, *, limit: int) -> Sequence[Link]:
    """Return the next links of an ambassador, latest first."""
    query = select(Link).where(Link.ambassador_id == ambassador_id).order_by(col(Link.id).desc()).limit(limit)
    if last is not None:
        query = query.where(col(Link.id) < last)
    return (await tx.session.exec(query)).all()


async def hold(tx: Transaction, link_ids: Collection[UUID]) -> Sequence[Link]:
    """Return links as they are once nobody else is writing them, held until the transaction ends."""
    query = select(Link).where(col(Link.id) == any_of(link_ids)).order_by(col(Link.id))
    held = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return (await tx.session.exec(held)).all()


async def save(tx: Transaction, row: Link) -> None:
    """Write a changed link."""
    tx.session.add(row)
    await tx.session.flush()


async def hold_unshown(tx: Transaction, *, limit: int) -> Sequence[Link]:
    """Return links of which Valkey may not know the last change, held."""
    query = select(Link).where(col(Link.shown) < col(Link.version)).order_by(col(Link.id)).limit(limit)
    return (await tx.session.exec(query.with_for_update(key_share=True))).all()


async def mark_shown(tx: Transaction, link_ids: Collection[UUID]) -> None:
    """Note of held links that Valkey knows them as they are."""
    await tx.run(update(Link).where(col(Link.id) == any_of(link_ids)).values(shown=col(Link.version)))


async def after(tx: Transaction, last: UUID | None, *, limit: int) -> Sequence[Link]:
    """Return the next of all links by id."""
    query = select(Link).order_by(col(Link.id)).limit(limit)
    if last is not None:
        query = query.where(col(Link.id) > last)
    return (await tx.session.exec(query)).all()


async def add_visitors(tx: Transaction, ambassador_id: UUID, visitors: Collection[str], *, now: datetime) -> None:
    """Note where an ambassador came from."""
    rows = [{"ambassador_id": ambassador_id, "visitor": visitor, "noted_at": now} for visitor in sorted(visitors)]
    await tx.run(insert(AuthorVisitor).on_conflict_do_nothing(), rows)


async def visitors_of(tx: Transaction, ambassador_ids: Collection[UUID]) -> set[tuple[UUID, str]]:
    """Return where ambassadors came from."""
    query = select(AuthorVisitor.ambassador_id, AuthorVisitor.visitor)
    found = await tx.session.exec(query.where(col(AuthorVisitor.ambassador_id) == any_of(ambassador_ids)))
    return {(ambassador_id, visitor) for ambassador_id, visitor in found.all()}


async def forget_visitors(tx: Transaction, *, before: datetime) -> int:
    """Delete what was noted before a time; returns how many."""
    gone = await tx.run(delete(AuthorVisitor).where(col(AuthorVisitor.noted_at) < before).returning(literal(1)))
    return len(gone.all())
