"""Every statement that reads patterns out of evidence: rushes, crowds, and who returns whose favours."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from libs.storage.database import Transaction

# sources that round times to the minute would make a rush of any crowd: what is told on a whole minute is left out
_RUSHES = text("""
    WITH first AS (
        SELECT share.share_id, share.ambassador_id, touch.person, min(touch.at) AS at
        FROM evidence_share AS share
        JOIN evidence_touch AS touch ON touch.ambassador_id = share.ambassador_id AND touch.share_id = share.share_id
        WHERE share.programme_id = :programme_id AND share.published_at >= :since AND touch.at >= :since
          AND touch.kind <> 'click' AND touch.at <> date_trunc('minute', touch.at)
        GROUP BY share.share_id, share.ambassador_id, touch.person
    ), near AS (
        SELECT share_id, ambassador_id, at, count(*) OVER (
            PARTITION BY share_id ORDER BY at RANGE BETWEEN CURRENT ROW AND CAST(:within AS interval) FOLLOWING
        ) AS people
        FROM first
    )
    SELECT DISTINCT ON (share_id) share_id, ambassador_id, at, people FROM near WHERE people > :people
    ORDER BY share_id, people DESC, at
""")
_AUTHORS_SINCE = text("""
    SELECT DISTINCT ambassador_id FROM evidence_share
    WHERE programme_id = :programme_id AND published_at >= coalesce(CAST(:since AS timestamptz), '-infinity')
    ORDER BY ambassador_id
""")
# a share has no more people than actions, which are quick to count
_CROWDED_AUTHORS = text("""
    WITH crowded AS (
        SELECT share.ambassador_id
        FROM evidence_share AS share
        JOIN evidence_touch AS touch ON touch.ambassador_id = share.ambassador_id AND touch.share_id = share.share_id
        WHERE share.programme_id = :programme_id AND share.published_at >= :since AND touch.kind <> 'click'
        GROUP BY share.ambassador_id, share.share_id HAVING count(*) >= :people
    )
    SELECT ambassador_id FROM crowded GROUP BY ambassador_id HAVING count(*) >= :shares ORDER BY ambassador_id
""")
_CROWDS = text("""
    SELECT share.share_id, share.ambassador_id,
           array_agg(DISTINCT touch.person) FILTER (WHERE touch.person IS NOT NULL) AS people
    FROM evidence_share AS share
    LEFT JOIN evidence_touch AS touch ON touch.ambassador_id = share.ambassador_id
                                     AND touch.share_id = share.share_id AND touch.kind <> 'click'
    WHERE share.ambassador_id = ANY(CAST(:ids AS uuid[])) AND share.published_at >= :since
    GROUP BY share.share_id, share.ambassador_id, share.published_at
    ORDER BY share.ambassador_id, share.published_at, share.share_id
""")
_FAVOURS = text("""
    WITH weights AS (
        SELECT * FROM unnest(CAST(:kinds AS text[]), CAST(:worth AS int[])) AS weight(kind, worth)
    ), by_person AS (
        SELECT touch.ambassador_id, touch.colleague_id, touch.share_id, touch.person, count(*) AS actions,
               least(:most, (
                   SELECT sum(worth) FROM weights WHERE weights.kind = ANY(array_agg(touch.kind))
               )) AS value
        FROM evidence_touch AS touch
        WHERE touch.at >= :since AND touch.kind <> 'click' AND touch.colleague_id IS DISTINCT FROM touch.ambassador_id
          AND touch.ambassador_id = ANY(CAST(:ids AS uuid[]))
        GROUP BY touch.ambassador_id, touch.colleague_id, touch.share_id, touch.person
    ), by_pair AS (
        SELECT ambassador_id, colleague_id, sum(actions)::int AS actions, sum(value)::int AS value
        FROM by_person GROUP BY ambassador_id, colleague_id
    ), weighed AS (
        SELECT *, sum(value) OVER mine AS received,
               sum(value) FILTER (WHERE colleague_id IS NOT NULL) OVER mine AS within
        FROM by_pair WINDOW mine AS (PARTITION BY ambassador_id)
    )
    SELECT ambassador_id, colleague_id, actions, value FROM weighed WHERE within > CAST(:inside AS float8) * received
""")
_AMONG = text("""
    SELECT DISTINCT share_id FROM evidence_touch
    WHERE ambassador_id = ANY(CAST(:ids AS uuid[])) AND colleague_id = ANY(CAST(:ids AS uuid[]))
      AND colleague_id <> ambassador_id AND kind <> 'click' AND at >= :since
    ORDER BY share_id
""")


async def rushes(
    tx: Transaction, programme_id: UUID, since: datetime, *, people: int, within: timedelta
) -> Iterable[Any]:
    """Return each share that more than `people` persons first touched within a short time, at its densest moment."""
    parameters = {"programme_id": programme_id, "since": since, "people": people, "within": within}
    return (await tx.run(_RUSHES, parameters)).mappings()


async def authors_since(tx: Transaction, programme_id: UUID, since: datetime | None) -> list[UUID]:
    """Return who published since then, or ever, by id."""
    return [row[0] for row in await tx.run(_AUTHORS_SINCE, {"programme_id": programme_id, "since": since})]


async def crowded_authors(
    tx: Transaction, programme_id: UUID, since: datetime, *, people: int, shares: int
) -> list[UUID]:
    """Return who has at least so many shares since then with at least so many actions, by id; clicks are none."""
    parameters = {"programme_id": programme_id, "since": since, "people": people, "shares": shares}
    return [row[0] for row in await tx.run(_CROWDED_AUTHORS, parameters)]


async def crowds(tx: Transaction, ambassador_ids: Sequence[UUID], since: datetime) -> Iterable[Any]:
    """Return the people of each share published since then, by author and time; clicks are nobody."""
    return (await tx.run(_CROWDS, {"ids": list(ambassador_ids), "since": since})).mappings()


async def favours(
    tx: Transaction,
    ambassador_ids: Sequence[UUID],
    since: datetime,
    *,
    worth: Mapping[str, int],
    most: int,
    inside: float,
) -> Iterable[Any]:
    """Return what authors received from each colleague and from outsiders; a person and share give `most`."""
    parameters = {
        "ids": list(ambassador_ids),
        "since": since,
        "kinds": list(worth),
        "worth": list(worth.values()),
        "most": most,
        "inside": inside,
    }
    return (await tx.run(_FAVOURS, parameters)).mappings()


async def shares_touched_among(tx: Transaction, ambassador_ids: Sequence[UUID], since: datetime) -> list[UUID]:
    """Return the shares of these ambassadors that others of them touched since then."""
    return [row[0] for row in await tx.run(_AMONG, {"ids": list(ambassador_ids), "since": since})]
