"""What an inspection finds in a programme, with the limits of that programme."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

from libs.storage.database import Transaction
from services.gamification.evidence.service import patterns
from services.gamification.integrity import store
from services.gamification.integrity.domain import Finding, Graph, Kind, Limits, alike, find_pods, repeated_crowds
from services.gamification.integrity.domain.limits import BurstLimits, CrowdLimits, PodLimits
from services.gamification.integrity.domain.pods import MOST_WORTH, WORTH

LOOK_BACK = timedelta(days=30)
CROWDS_LOOK_BACK = timedelta(days=90)  # posts in a row can lie weeks apart
CHUNK = 2000


async def findings(
    tx: Transaction, programme_id: UUID, limits: Limits, until: datetime, *, now: datetime
) -> list[Finding]:
    """Return what was not found before, looking back from `until` on."""
    return [
        *await bursts(tx, programme_id, limits.burst, until - LOOK_BACK),
        *await crowds(tx, programme_id, limits.crowd, until - CROWDS_LOOK_BACK),
        *await pods(tx, programme_id, limits.pod, until - LOOK_BACK, told_since=now - LOOK_BACK),
    ]


async def bursts(tx: Transaction, programme_id: UUID, limits: BurstLimits, since: datetime) -> list[Finding]:
    """Return the shares that many people first touched within a short time."""
    known = await store.shares_found(tx, programme_id, Kind.BURST)
    within = timedelta(seconds=limits.within_seconds)
    rushes = await patterns.rushes(tx, programme_id, since, people=limits.people, within=within)
    return [
        Finding(
            kind=Kind.BURST,
            ambassador_ids=(rush.ambassador_id,),
            share_ids=(rush.share_id,),
            figures={"people": rush.people, "within_seconds": limits.within_seconds},
        )
        for rush in rushes
        if rush.share_id not in known
    ]


async def crowds(tx: Transaction, programme_id: UUID, limits: CrowdLimits, since: datetime) -> list[Finding]:
    """Return the authors whose posts in a row have the same people."""
    known = frozenset(await store.shares_found(tx, programme_id, Kind.CROWD))
    authors = await patterns.crowded_authors(tx, programme_id, since, people=limits.people, shares=limits.in_a_row)
    found: list[Finding] = []
    for start in range(0, len(authors), CHUNK):
        around = await patterns.crowds(tx, authors[start : start + CHUNK], since)
        found += repeated_crowds(around, known, limits)
    return found


async def pods(
    tx: Transaction, programme_id: UUID, limits: PodLimits, since: datetime, *, told_since: datetime
) -> list[Finding]:
    """Return the groups that mostly react to each other and were not told lately.

    Only who receives enough from colleagues at all is held in memory.
    """
    told = await store.groups_found(tx, programme_id, Kind.POD, told_since)
    authors = await patterns.authors_since(tx, programme_id, since - LOOK_BACK)
    graph = Graph()
    for start in range(0, len(authors), CHUNK):
        chunk = authors[start : start + CHUNK]
        graph.add(await patterns.favours(tx, chunk, since, worth=WORTH, most=MOST_WORTH, inside=limits.inside))
    graph.join()
    found = []
    for pod in await asyncio.to_thread(find_pods, graph, limits):
        group = tuple(sorted(pod.members))
        if not any(alike(group, other) for other in told):
            shares = await patterns.shares_touched_among(tx, group, since)
            figures = {"members": len(group), "density": int(100 * pod.density), "inside": int(100 * pod.inside)}
            found.append(Finding(kind=Kind.POD, ambassador_ids=group, share_ids=tuple(shares), figures=figures))
    return found
