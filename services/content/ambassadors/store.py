"""Every statement about ambassadors."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from libs.storage.database import Transaction
from services.content.ambassadors.tables import Ambassador


async def add(tx: Transaction, row: Ambassador) -> None:
    """Insert an ambassador unless it is there."""
    await tx.run(insert(Ambassador).values(**row.model_dump()).on_conflict_do_nothing())


async def find(tx: Transaction, ambassador_id: UUID) -> Ambassador | None:
    """Return an ambassador."""
    return await tx.session.get(Ambassador, ambassador_id)


async def find_member(tx: Transaction, programme_id: UUID, subject_key: str) -> Ambassador | None:
    """Return the ambassador that a subject is in a programme: the newest, should they have joined more than once."""
    query = (
        select(Ambassador)
        .where(Ambassador.subject_key == subject_key, Ambassador.programme_id == programme_id)
        .order_by(col(Ambassador.id).desc())
        .limit(1)
    )
    return (await tx.session.exec(query)).first()
