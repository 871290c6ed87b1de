"""Every statement about boards."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from libs.storage.database import Transaction
from services.gamification.boards.tables import Board, BoardVisibility

_CHOOSE = text("""
    INSERT INTO board_visibility AS held (ambassador_id, boards, version) VALUES (:ambassador_id, :boards, 1)
    ON CONFLICT (ambassador_id) DO UPDATE
    SET version = held.version + (held.boards <> excluded.boards)::int, boards = excluded.boards
    RETURNING version
""")


async def add_unless_there(tx: Transaction, row: Board) -> None:
    """Insert a board, or leave the one that is there."""
    await tx.run(insert(Board).values(**row.model_dump(exclude_none=True)).on_conflict_do_nothing())


async def every(tx: Transaction) -> Sequence[Board]:
    """Return all boards."""
    return (await tx.session.exec(select(Board).order_by(col(Board.id)))).all()


async def of_programmes(tx: Transaction, programme_ids: Collection[UUID]) -> Sequence[Board]:
    """Return the boards of programmes."""
    query = select(Board).where(col(Board.programme_id).in_(programme_ids)).order_by(col(Board.id))
    return (await tx.session.exec(query)).all()


async def lock_programme(tx: Transaction, programme_id: UUID) -> None:
    """Make who else opens a board in this programme wait until the commit."""
    await tx.run(text("SELECT pg_advisory_xact_lock(hashtextextended('boards ' || :id, 0))"), {"id": str(programme_id)})


async def choose(tx: Transaction, ambassador_id: UUID, boards: str) -> int:
    """Keep how an ambassador wants to appear; returns the version of the choice, the same when nothing changes."""
    return int((await tx.run(_CHOOSE, {"ambassador_id": ambassador_id, "boards": boards})).scalar_one())


async def choices(tx: Transaction, ambassador_ids: Collection[UUID]) -> Sequence[BoardVisibility]:
    """Return what those of the ambassadors have chosen who have."""
    query = select(BoardVisibility).where(col(BoardVisibility.ambassador_id).in_(ambassador_ids))
    return (await tx.session.exec(query)).all()
