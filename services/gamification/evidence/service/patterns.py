"""Use cases that read patterns out of evidence: rushes, crowds, and who returns whose favours."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from libs.storage.database import Transaction
from services.gamification.evidence.domain import Crowd, Favour, Rush
from services.gamification.evidence.store import patterns as store


async def rushes(tx: Transaction, programme_id: UUID, since: datetime, *, people: int, within: timedelta) -> list[Rush]:
    """Return each share that more than `people` persons first touched within a short time."""
    return [Rush(**row) for row in await store.rushes(tx, programme_id, since, people=people, within=within)]


async def authors_since(tx: Transaction, programme_id: UUID, since: datetime, *, shares: int = 1) -> list[UUID]:
    """Return who published at least so many shares since then."""
    return await store.authors_since(tx, programme_id, since, shares=shares)


async def crowds(tx: Transaction, ambassador_ids: Sequence[UUID], since: datetime) -> list[Crowd]:
    """Return who reacted to each share published since then, by author and in the order of publication."""
    rows = await store.crowds(tx, ambassador_ids, since)
    return [Crowd(row["share_id"], row["ambassador_id"], frozenset(row["people"] or ())) for row in rows]


async def favours(
    tx: Transaction, ambassador_ids: Sequence[UUID], since: datetime, *, worth: Mapping[str, int], most: int
) -> list[Favour]:
    """Return what each author received since then from each colleague and from all outsiders."""
    rows = await store.favours(tx, ambassador_ids, since, worth=worth, most=most)
    return [Favour(row["ambassador_id"], row["colleague_id"], row["actions"], row["value"]) for row in rows]


async def shares_touched_among(tx: Transaction, ambassador_ids: Sequence[UUID], since: datetime) -> list[UUID]:
    """Return the shares of these ambassadors that others of them touched since then."""
    return await store.shares_touched_among(tx, ambassador_ids, since)
