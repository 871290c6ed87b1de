"""The statements by which settling reads only what new facts can have changed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from libs.storage.database import Transaction
from services.gamification.evidence.domain import Told

_CHANGED_ANSWERS = text("""
    SELECT later.ambassador_id, later.at
    FROM unnest(CAST(:authors AS uuid[]), CAST(:times AS timestamptz[])) AS told(author, at)
    JOIN evidence_answer AS later
      ON later.ambassador_id = told.author AND later.at BETWEEN told.at AND told.at + CAST(:reach AS interval)
    UNION
    SELECT later.ambassador_id, later.at
    FROM unnest(CAST(:ones AS uuid[]), CAST(:others AS uuid[]), CAST(:favours AS timestamptz[]))
         AS favour(one, other, at)
    JOIN evidence_answer AS later
      ON later.ambassador_id = favour.one AND later.colleague_id = favour.other
     AND later.at BETWEEN favour.at AND favour.at + CAST(:reciprocity AS interval)
""")
# the touches on some shares, and what the same people did on other shares of the author in the days before
_TOUCHES_ON = text("""
    WITH own AS MATERIALIZED (
        SELECT touch.* FROM unnest(CAST(:shares AS uuid[])) AS wanted(share_id) CROSS JOIN LATERAL (
            SELECT ambassador_id, share_id, person, colleague_id, kind, at FROM evidence_touch
            WHERE share_id = wanted.share_id OFFSET 0
        ) AS touch
    ), met AS MATERIALIZED (
        SELECT ambassador_id, person, min(at) - CAST(:repeat AS interval) AS since, max(at) AS until
        FROM own WHERE kind <> 'click' GROUP BY ambassador_id, person
    )
    SELECT ambassador_id, share_id, array_agg(person) AS persons, array_agg(colleague_id) AS colleagues,
           array_agg(kind) AS kinds, array_agg(at) AS times
    FROM (
        SELECT * FROM own
        UNION ALL
        SELECT earlier.* FROM met CROSS JOIN LATERAL (
            SELECT ambassador_id, share_id, person, colleague_id, kind, at FROM evidence_touch
            WHERE ambassador_id = met.ambassador_id AND person = met.person AND kind <> 'click'
              AND at BETWEEN met.since AND met.until
            OFFSET 0
        ) AS earlier
        WHERE NOT earlier.share_id = ANY(CAST(:shares AS uuid[]))
    ) AS touches
    GROUP BY ambassador_id, share_id
""")
_FAVOURS = text("""
    SELECT wanted.one AS of, fact.colleague_id AS by, fact.ambassador_id AS author, fact.at
    FROM unnest(CAST(:ones AS uuid[]), CAST(:others AS uuid[]), CAST(:since AS timestamptz[]),
                CAST(:until AS timestamptz[])) AS wanted(one, other, since, until)
    CROSS JOIN LATERAL (VALUES (one, other), (other, one)) AS way(author, by)
    JOIN evidence_touch AS fact
      ON fact.colleague_id = way.by AND fact.ambassador_id = way.author AND fact.kind <> 'click'
     AND fact.at BETWEEN wanted.since AND wanted.until
""")


async def changed_answers(tx: Transaction, told: Told, *, reach: timedelta, reciprocity: timedelta) -> Sequence[Any]:
    """Return author and time of the answers whose worth may have changed."""
    answers = [*told.answers, *(one for one in told.withdrawn if one.kind == "reply")]
    parameters = {
        "authors": [one.ambassador_id for one in answers],
        "times": [one.occurred_at for one in answers],
        **_favours(told),
        # a new answer makes a later one a repetition, and what that one no longer precedes lies once more as far away
        "reach": 2 * reach,
        "reciprocity": reciprocity,
    }
    return (await tx.run(_CHANGED_ANSWERS, parameters)).all()


def _favours(told: Told) -> dict[str, list[Any]]:
    """Return each touch between two ambassadors in both directions."""
    found = list(told.between_colleagues)
    return {
        "ones": [a for a, _, _ in found] + [b for _, b, _ in found],
        "others": [b for _, b, _ in found] + [a for a, _, _ in found],
        "favours": 2 * [at for _, _, at in found],
    }


async def touches_on(tx: Transaction, share_ids: Sequence[UUID], *, repeat: timedelta) -> Sequence[Any]:
    """Return the touches on these shares and what their people did on the author's other shares in the days before.

    One row for each share, its touches in columns: thousands of rows would cost more than the touches themselves.
    """
    return (await tx.run(_TOUCHES_ON, {"shares": share_ids, "repeat": repeat})).all()


async def favours(tx: Transaction, wanted: Sequence[tuple[UUID, UUID, datetime, datetime]]) -> Sequence[Any]:
    """Return the touches between two ambassadors, both ways, for each of (one, other, since, until)."""
    names = ("ones", "others", "since", "until")
    return (await tx.run(_FAVOURS, dict(zip(names, map(list, zip(*wanted, strict=True)), strict=True)))).all()
