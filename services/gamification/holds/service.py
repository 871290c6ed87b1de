"""Use cases of held shares. Whoever holds back or gives back settles the authors in the same transaction."""

from collections.abc import Collection, Mapping
from uuid import UUID

from libs.storage.database import Transaction
from services.gamification.holds import store


async def hold_back(tx: Transaction, hold_id: UUID, authors: Mapping[UUID, UUID]) -> None:
    """Hold shares back (by share, its author); twice is as good as once."""
    await store.add(tx, hold_id, authors)


async def give_back(tx: Transaction, hold_id: UUID) -> None:
    """End a hold; a share that another hold concerns stays held."""
    await store.remove(tx, hold_id)


async def held_shares(tx: Transaction, ambassador_ids: Collection[UUID]) -> set[UUID]:
    """Return the shares of these ambassadors that are worth nothing for now."""
    return await store.of_ambassadors(tx, ambassador_ids)
