"""Every statement about proposals."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from libs.storage.database import Transaction
from services.content.proposals.domain import State
from services.content.proposals.tables import Proposal


async def save(tx: Transaction, row: Proposal) -> None:
    """Write a new or changed proposal."""
    tx.session.add(row)
    await tx.session.flush()


async def find(tx: Transaction, proposal_id: UUID, *, lock: bool = False) -> Proposal | None:
    """Return a proposal, read anew and held against other writers when `lock`."""
    return await tx.session.get(Proposal, proposal_id, with_for_update=lock, populate_existing=lock)


async def before(
    tx: Transaction,
    programme_id: UUID,
    *,
    ambassador_id: UUID | None,
    state: State | None,
    last: UUID | None,
    limit: int,
) -> Sequence[Proposal]:
    """Return the next proposals of a programme, newest first: of one ambassador and in one state, where given."""
    query = select(Proposal).where(Proposal.programme_id == programme_id)
    if ambassador_id is not None:
        query = query.where(Proposal.ambassador_id == ambassador_id)
    if state is not None:
        query = query.where(Proposal.state == state)
    if last is not None:
        query = query.where(col(Proposal.id) < last)
    return (await tx.session.exec(query.order_by(col(Proposal.id).desc()).limit(limit))).all()
