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


async def authors_since(tx: Transaction, programme_id: UUID, since: datetime | None = None) -> list[UUID]:
    """Return who published in a programme since then, or ever."""
    return await store.authors_since(tx, programme_id, since)


async def crowded_authors(
    tx: Transaction, programme_id: UUID, since: datetime, *, people: int, shares: int
) -> list[UUID]:
    """Return whose shares since then can have so many people on so many of them."""
    return await store.crowded_authors(tx, programme_id, since, people=people, shares=shares)


async def crowds(tx: Transaction, ambassador_ids: Sequence[UUID], since: datetime) -> list[Crowd]:
    """Return who reacted to each share published since then, by author and in the order of publication."""
    rows = await store.crowds(tx, ambassador_ids, since)
    return [Crowd(row["share_id"], row["ambassador_id"], frozenset(row["people"] or ())) for row in rows]


async def favours(
    tx: Transaction,
    ambassador_ids: Sequence[UUID],
    since: datetime,
    *,
    worth: Mapping[str, int],
    most: int,
    inside: float,
) -> list[Favour]:
    """Return what authors received since then from each colleague and from all outsiders.

    Left out is who did not receive more than the part `inside` of it from colleagues.
    """
    rows = await store.favours(tx, ambassador_ids, since, worth=worth, most=most, inside=inside)
    return [Favour(row["ambassador_id"], row["colleague_id"], row["actions"], row["value"]) for row in rows]


async def shares_touched_among(tx: Transaction, ambassador_ids: Sequence[UUID], since: datetime) -> list[UUID]:
    """Return the shares of these ambassadors that others of them touched since then."""
    return await store.shares_touched_among(tx, ambassador_ids, since)
