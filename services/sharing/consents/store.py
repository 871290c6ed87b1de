"""Every statement about consents."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from libs.storage.database import Transaction
from services.sharing.consents.tables import Consent


async def save(tx: Transaction, row: Consent) -> None:
    """Write a new or changed consent."""
    tx.session.add(row)
    await tx.session.flush()


async def in_force(tx: Transaction, ambassador_id: UUID, network: str) -> Consent | None:
    """Return the consent for a network."""
    query = select(Consent).where(
        Consent.ambassador_id == ambassador_id, Consent.network == network, col(Consent.ended_at).is_(None)
    )
    return (await tx.session.exec(query)).first()


async def all_in_force(tx: Transaction, ambassador_ids: Sequence[UUID]) -> dict[UUID, list[Consent]]:
    """Return the consents of ambassadors, by network."""
    query = select(Consent).where(col(Consent.ambassador_id).in_(ambassador_ids), col(Consent.ended_at).is_(None))
    found: dict[UUID, list[Consent]] = {ambassador_id: [] for ambassador_id in ambassador_ids}
    for row in (await tx.session.exec(query.order_by(col(Consent.network)))).all():
        found[row.ambassador_id].append(row)
    return found
