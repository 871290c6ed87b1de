"""Every statement about boards."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from libs.storage.database import Transaction
from services.gamification.boards.tables import Board


async def add_unless_there(tx: Transaction, row: Board) -> None:
    """Insert a board, or leave the one that is there."""
    await tx.run(insert(Board).values(**row.model_dump()).on_conflict_do_nothing())


async def every(tx: Transaction) -> Sequence[Board]:
    """Return all boards."""
    return (await tx.session.exec(select(Board).order_by(col(Board.id)))).all()


async def of_programmes(tx: Transaction, programme_ids: Collection[UUID]) -> Sequence[Board]:
    """Return the boards of programmes."""
    query = select(Board).where(col(Board.programme_id).in_(programme_ids)).order_by(col(Board.id))
    return (await tx.session.exec(query)).all()
