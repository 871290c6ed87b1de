"""Every statement about rewards and redemptions."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, tuple_
from sqlmodel import SQLModel, col, select

from libs.storage.database import Transaction
from services.gamification.rewards.tables import Redemption, Reward

Place = tuple[datetime, UUID]


async def save(tx: Transaction, row: SQLModel) -> None:
    """Insert a row, or write what changed of it."""
    tx.session.add(row)
    await tx.session.flush()


async def find_reward(tx: Transaction, reward_id: UUID, *, lock: bool = False) -> Reward | None:
    """Return a reward; locked, nobody else changes its stock until the commit."""
    return await tx.session.get(Reward, reward_id, with_for_update=lock or None, populate_existing=lock)


async def rewards_after(tx: Transaction, programme_id: UUID, last: UUID | None, *, limit: int) -> Sequence[Reward]:
    """Return rewards of a programme by id, from just after `last`."""
    query = select(Reward).where(Reward.programme_id == programme_id).order_by(col(Reward.id)).limit(limit)
    return (await tx.session.exec(query.where(col(Reward.id) > last) if last else query)).all()


async def find_redemption(tx: Transaction, redemption_id: UUID, *, lock: bool = False) -> Redemption | None:
    """Return a redemption; locked, nobody else decides on it until the commit."""
    return await tx.session.get(Redemption, redemption_id, with_for_update=lock or None, populate_existing=lock)


async def spent_by(tx: Transaction, ambassador_id: UUID, *, except_in: Collection[str]) -> int:
    """Return the milli-points of an ambassador's redemptions that are in none of these states."""
    query = select(func.coalesce(func.sum(Redemption.price), 0)).where(
        Redemption.ambassador_id == ambassador_id, col(Redemption.state).not_in(except_in)
    )
    return int((await tx.session.exec(query)).one())


async def count_of(tx: Transaction, reward_id: UUID, ambassador_id: UUID, *, except_in: Collection[str]) -> int:
    """Return how many redemptions of a reward an ambassador has that are in none of these states."""
    query = select(func.count()).where(
        Redemption.ambassador_id == ambassador_id,
        Redemption.reward_id == reward_id,
        col(Redemption.state).not_in(except_in),
    )
    return int((await tx.session.exec(query)).one())


async def redemptions_of(
    tx: Transaction, ambassador_id: UUID, last: Place | None, *, limit: int
) -> Sequence[Redemption]:
    """Return redemptions of an ambassador, newest first, from just before `last` (time, id)."""
    query = select(Redemption).where(Redemption.ambassador_id == ambassador_id)
    if last:
        query = query.where(tuple_(col(Redemption.requested_at), col(Redemption.id)) < last)
    query = query.order_by(col(Redemption.requested_at).desc(), col(Redemption.id).desc()).limit(limit)
    return (await tx.session.exec(query)).all()


async def redemptions_in(
    tx: Transaction, programme_id: UUID, state: str | None, last: Place | None, *, limit: int
) -> Sequence[Redemption]:
    """Return redemptions of a programme, of one state or of all, newest first, from just before `last` (time, id)."""
    query = select(Redemption).where(Redemption.programme_id == programme_id)
    if state:
        query = query.where(Redemption.state == state)
    if last:
        query = query.where(tuple_(col(Redemption.requested_at), col(Redemption.id)) < last)
    query = query.order_by(col(Redemption.requested_at).desc(), col(Redemption.id).desc()).limit(limit)
    return (await tx.session.exec(query)).all()
