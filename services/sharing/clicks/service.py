"""Use cases of clicks: kept as they come, judged once the share of their link is known, and told with the verdict."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from libs.events.envelope import partition_of
from libs.events.gateway import Visit
from libs.events.sharing import Click, ClicksRecorded, Verdict
from libs.storage.database import Transaction
from services.sharing.clicks import store
from services.sharing.clicks.domain import Judge, Seen
from services.sharing.clicks.metrics import ClickMetrics
from services.sharing.links import service as links
from services.sharing.links.tables import Link

TOLD_TOGETHER = 1000  # clicks in one event


async def keep_visits(tx: Transaction, visits: Sequence[Visit], metrics: ClickMetrics) -> None:
    """Keep visits that are new, and judge those whose link is in a share; visits of no link are counted only.

    The links are held first: a row that refers to one would keep others from binding it, who hold it for us.
    """
    held = {row.id: row for row in await links.hold_links(tx, {visit.link_id for visit in visits})}
    kept = await store.add_new(tx, [visit for visit in visits if visit.link_id in held])
    metrics.kept(len(kept), of=len(visits))
    await judge_clicks(tx, [held[link_id] for link_id in set(kept)], metrics)


async def judge_clicks(tx: Transaction, held: Sequence[Link], metrics: ClickMetrics) -> None:
    """Judge the visits of links that have no verdict, where the link is in a share, and tell the verdicts.

    The links must be held: of two who judge at once the second knows what the first has found.
    """
    bound = {row.id: row for row in held if row.share_id is not None}
    waiting = await store.waiting(tx, bound)
    if not waiting:
        return
    verdicts = await _verdicts(tx, bound, waiting)
    await store.say(tx, {click_id: said for of_link in verdicts.values() for click_id, said in of_link.items()})
    for (programme_id, partition), clicks in _told(bound, waiting, verdicts).items():
        for start in range(0, len(clicks), TOLD_TOGETHER):
            together = tuple(clicks[start : start + TOLD_TOGETHER])
            tx.emit_batch(ClicksRecorded(programme_id=programme_id, clicks=together), partition=partition)
    metrics.judged(Counter(said for of_link in verdicts.values() for said in of_link.values()))


async def _verdicts(
    tx: Transaction, bound: Mapping[UUID, Link], waiting: Mapping[UUID, Sequence[Seen]]
) -> dict[UUID, dict[UUID, Verdict]]:
    valid = await store.valid(tx, {(link_id, visit.network) for link_id, visits in waiting.items() for visit in visits})
    own = defaultdict[UUID, set[str]](set)
    for ambassador_id, visitor in await links.visitors_of(tx, {bound[link_id].ambassador_id for link_id in waiting}):
        own[ambassador_id].add(visitor)
    found: dict[UUID, dict[UUID, Verdict]] = {}
    for link_id, visits in waiting.items():
        posted_at = bound[link_id].posted_at
        assert posted_at is not None  # set together with the share
        judge = Judge(posted_at=posted_at, own=own[bound[link_id].ambassador_id], valid=valid.get(link_id, ()))
        found[link_id] = judge.judge(visits)
    return found


def _told(
    bound: Mapping[UUID, Link],
    waiting: Mapping[UUID, Sequence[Seen]],
    verdicts: Mapping[UUID, Mapping[UUID, Verdict]],
) -> dict[tuple[UUID, int], list[Click]]:
    """Return what is told, by programme and by the partition of the author."""
    told = defaultdict[tuple[UUID, int], list[Click]](list)
    for link_id, visits in waiting.items():
        row = bound[link_id]
        told[row.programme_id, partition_of(str(row.ambassador_id))] += _clicks(row, visits, verdicts[link_id])
    return told


def _clicks(row: Link, visits: Sequence[Seen], verdicts: Mapping[UUID, Verdict]) -> Iterator[Click]:
    assert row.share_id is not None
    for visit in visits:
        yield Click(
            click_id=visit.click_id,
            share_id=row.share_id,
            ambassador_id=row.ambassador_id,
            visitor=visit.visitor,
            occurred_at=visit.seen_at,
            verdict=verdicts[visit.click_id],
        )


async def count_clicks(tx: Transaction, link_id: UUID) -> dict[str | None, int]:
    """Return how many visits of a link came to which verdict; None for those that wait for the link's share."""
    return await store.count(tx, link_id)


async def forget_clicks(tx: Transaction, *, before: datetime, limit: int) -> int:
    """Forget visits that were seen before a time, so many at most; returns how many."""
    return await store.forget(tx, before=before, limit=limit)
