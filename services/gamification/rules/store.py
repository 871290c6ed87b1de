"""Every statement about rules."""

from collections.abc import Sequence

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from libs.storage.database import Transaction
from services.gamification.rules.tables import RulesRow


async def add_unless_there(tx: Transaction, row: RulesRow) -> None:
    """Insert a version, or leave the one that is there."""
    await tx.run(insert(RulesRow).values(**row.model_dump()).on_conflict_do_nothing())


async def find(tx: Transaction, version: int) -> RulesRow | None:
    """Return a version."""
    return await tx.session.get(RulesRow, version)


async def newest_first(tx: Transaction) -> Sequence[RulesRow]:
    """Return all versions; of two that hold from the same day, the later version first."""
    query = select(RulesRow).order_by(col(RulesRow.valid_from).desc(), col(RulesRow.version).desc())
    return (await tx.session.exec(query)).all()
