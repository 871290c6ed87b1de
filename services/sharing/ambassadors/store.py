"""Every statement about ambassadors."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from libs.storage.database import Transaction
from services.sharing.ambassadors.tables import Ambassador


async def add(tx: Transaction, row: Ambassador) -> bool:
    """Insert an ambassador; returns whether the subject had none in the programme."""
    statement = (
        insert(Ambassador)
        .values(**row.model_dump())
        .on_conflict_do_nothing(index_elements=["subject_key", "programme_id"])
        .returning(col(Ambassador.id))
    )
    return (await tx.run(statement)).first() is not None


async def find(tx: Transaction, ambassador_id: UUID, *, lock: bool = False) -> Ambassador | None:
    """Return an ambassador, held against other writers when `lock` (rows that refer to it may still be added)."""
    return await tx.session.get(Ambassador, ambassador_id, with_for_update={"key_share": True} if lock else None)


async def find_member(tx: Transaction, programme_id: UUID, subject_key: str) -> Ambassador | None:
    """Return the ambassador that a subject is in a programme."""
    query = select(Ambassador).where(Ambassador.subject_key == subject_key, Ambassador.programme_id == programme_id)
    return (await tx.session.exec(query)).first()


async def known_among(tx: Transaction, programme_id: UUID, ambassador_ids: Collection[UUID]) -> set[UUID]:
    """Return those of the ids that are ambassadors of a programme."""
    query = select(Ambassador.id).where(col(Ambassador.id).in_(ambassador_ids), Ambassador.programme_id == programme_id)
    return set((await tx.session.exec(query)).all())


async def of_subject(tx: Transaction, subject_key: str) -> Sequence[Ambassador]:
    """Return every ambassador that a subject is, oldest first."""
    query = select(Ambassador).where(Ambassador.subject_key == subject_key).order_by(col(Ambassador.id))
    return (await tx.session.exec(query)).all()


async def after(tx: Transaction, programme_id: UUID, last: UUID | None, *, limit: int) -> Sequence[Ambassador]:
    """Return the next ambassadors of a programme by id."""
    query = select(Ambassador).where(Ambassador.programme_id == programme_id)
    if last is not None:
        query = query.where(col(Ambassador.id) > last)
    return (await tx.session.exec(query.order_by(col(Ambassador.id)).limit(limit))).all()
