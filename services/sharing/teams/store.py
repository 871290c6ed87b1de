"""Every statement about teams."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from libs.storage.database import Transaction
from services.sharing.teams.tables import Team


async def add(tx: Transaction, row: Team) -> None:
    """Insert a team."""
    tx.session.add(row)
    await tx.session.flush()


async def find(tx: Transaction, team_id: UUID) -> Team | None:
    """Return a team."""
    return await tx.session.get(Team, team_id)


async def after(tx: Transaction, programme_id: UUID, last: UUID | None, *, limit: int) -> Sequence[Team]:
    """Return the next teams of a programme by id."""
    query = select(Team).where(Team.programme_id == programme_id).order_by(col(Team.id)).limit(limit)
    if last is not None:
        query = query.where(col(Team.id) > last)
    return (await tx.session.exec(query)).all()
