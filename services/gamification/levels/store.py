"""Every statement about levels."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from libs.storage.database import Transaction
from libs.storage.tables import any_of
from services.gamification.levels.domain import Standing
from services.gamification.levels.tables import LevelLadder, LevelStanding


async def ladders(tx: Transaction, programme_ids: Collection[UUID]) -> dict[UUID, tuple[int, ...]]:
    """Return the ladders of those programmes that have one of their own."""
    query = select(LevelLadder).where(col(LevelLadder.programme_id).in_(programme_ids))
    return {row.programme_id: tuple(row.points) for row in await tx.session.exec(query)}


async def put_ladder(tx: Transaction, row: LevelLadder) -> None:
    """Insert a programme's ladder or put it in the place of the one that is there."""
    values = row.model_dump()
    await tx.run(
        insert(LevelLadder).values(**values).on_conflict_do_update(index_elements=["programme_id"], set_=values)
    )


async def standings(tx: Transaction, ambassador_ids: Collection[UUID]) -> dict[UUID, LevelStanding]:
    """Return the standings of those ambassadors who have one."""
    query = select(LevelStanding).where(col(LevelStanding.ambassador_id) == any_of(ambassador_ids))
    return {row.ambassador_id: row for row in await tx.session.exec(query)}


async def held(tx: Transaction, ambassador_ids: Collection[UUID]) -> dict[UUID, Standing]:
    """Return the same as values, for many: level, and the points that it needs."""
    query = select(LevelStanding.ambassador_id, LevelStanding.level, LevelStanding.needed)
    found = await tx.session.exec(query.where(col(LevelStanding.ambassador_id) == any_of(ambassador_ids)))
    return {who: Standing(level, needed) for who, level, needed in found}


async def put_standings(tx: Transaction, rows: Sequence[LevelStanding]) -> None:
    """Hold these standings."""
    if not rows:
        return
    statement = insert(LevelStanding)
    changed = {name: statement.excluded[name] for name in ("level", "needed", "since")}
    await tx.run(
        statement.on_conflict_do_update(index_elements=["ambassador_id"], set_=changed),
        [row.model_dump() for row in rows],
    )
