"""Every statement about evidence: facts in as sets, and out as what a set of ambassadors' stretches can concern."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import text

from libs.storage.database import Transaction
from services.gamification.evidence.domain import Stretch

# the ambassadors and times that are asked for, joined to each table by its index on (ambassador_id, time)
_WANTED = """
    FROM unnest(CAST(:ids AS uuid[]), CAST(:since AS timestamptz[]), CAST(:until AS timestamptz[]))
         AS wanted(ambassador_id, since, until)
    JOIN {table} AS fact ON fact.ambassador_id = wanted.ambassador_id
                        AND fact.{time} BETWEEN wanted.since AND wanted.until
"""
_PAIRS = text(
    " UNION ALL ".join(
        f"""
        SELECT wanted.ambassador_id AS of, fact.colleague_id AS by, fact.ambassador_id AS author, fact.at
        FROM unnest(CAST(:ids AS uuid[]), CAST(:since AS timestamptz[]), CAST(:until AS timestamptz[]))
             AS wanted(ambassador_id, since, until)
        JOIN evidence_touch AS fact ON fact.{side} = wanted.ambassador_id AND fact.colleague_id IS NOT NULL
                                   AND fact.at BETWEEN wanted.since AND wanted.until AND fact.kind <> 'click'
        """
        for side in ("ambassador_id", "colleague_id")
    )
)
# a visitor converts once on a share: the first time counts
_CONVERSIONS = text(
    "SELECT fact.*"
    + _WANTED.format(table="evidence_conversion", time="at")
    + """
    WHERE NOT EXISTS (
        SELECT FROM evidence_conversion AS earlier
        WHERE earlier.share_id = fact.share_id AND earlier.visitor = fact.visitor
          AND (earlier.at, earlier.interaction_id) < (fact.at, fact.interaction_id)
    )"""
)
_SAME_VISITOR = text("""
    SELECT share_id, known.ambassador_id, known.at
    FROM unnest(CAST(:shares AS uuid[]), CAST(:visitors AS text[])) AS told(share_id, visitor)
    JOIN evidence_conversion AS known USING (share_id, visitor)
""")
_READINGS = text("""
    SELECT ambassador_id, share_id, kind, at, count FROM evidence_reading
    WHERE share_id = ANY(CAST(:shares AS uuid[])) AND provenance <> 'estimated'
""")
# an answer repeats when another of its author in the days before has the same words
_ANSWERS = text(
    """
    SELECT fact.*, EXISTS (
        SELECT FROM evidence_answer AS earlier
        WHERE earlier.ambassador_id = fact.ambassador_id AND earlier.text_key = fact.text_key
          AND (earlier.at, earlier.interaction_id) < (fact.at, fact.interaction_id)
          AND earlier.at >= fact.at - CAST(:reach AS interval)
    ) AS repeated"""
    + _WANTED.format(table="evidence_answer", time="at")
)
_PUBLISHED = text("""
    SELECT share_id, programme_id, ambassador_id, published_at FROM evidence_share
    WHERE share_id = ANY(CAST(:shares AS uuid[]))
""")
_OF_PROGRAMME = text("""
    WITH author AS (SELECT DISTINCT ambassador_id FROM evidence_share WHERE programme_id = :programme_id)
    SELECT ambassador_id, min(at) AS since, max(at) AS until
    FROM (
        SELECT ambassador_id, published_at AS at FROM evidence_share WHERE programme_id = :programme_id
        UNION ALL SELECT ambassador_id, at FROM author JOIN evidence_answer USING (ambassador_id)
        UNION ALL SELECT ambassador_id, at FROM author JOIN evidence_conversion USING (ambassador_id)
        UNION ALL SELECT ambassador_id, at FROM evidence_proposal WHERE programme_id = :programme_id
    ) AS moments
    GROUP BY ambassador_id
""")


class Facts(Enum):
    """A table of facts with the types of its columns, in the order in which `add` takes their values."""

    SHARES = (
        "evidence_share",
        """share_id uuid, ambassador_id uuid, programme_id uuid, network text, published_at timestamptz, words int,
        copied int, parrot int, self_repeats int, audience int, campaign_id uuid""",
    )
    PROPOSALS = ("evidence_proposal", "proposal_id uuid, programme_id uuid, ambassador_id uuid, at timestamptz")
    TOUCHES = (
        "evidence_touch",
        """interaction_id uuid, share_id uuid, ambassador_id uuid, at timestamptz, person text, colleague_id uuid,
        kind text""",
    )
    ANSWERS = (
        "evidence_answer",
        """interaction_id uuid, share_id uuid, ambassador_id uuid, at timestamptz, person text, colleague_id uuid,
        asked_at timestamptz, words int, text_key text""",
    )
    CONVERSIONS = (
        "evidence_conversion",
        "interaction_id uuid, share_id uuid, ambassador_id uuid, at timestamptz, visitor text",
    )
    READINGS = (
        "evidence_reading",
        "share_id uuid, kind text, at timestamptz, provenance text, ambassador_id uuid, count int",
    )

    def __init__(self, table: str, columns: str) -> None:
        """Make the statement that inserts columns of values and leaves what is there as it is."""
        typed = [column.split() for column in columns.split(",")]
        self.columns = [name for name, _ in typed]
        arrays = ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in typed)
        names = ", ".join(self.columns)
        self.statement = text(
            f"INSERT INTO {table} ({names}) SELECT * FROM unnest({arrays}) ORDER BY 1 ON CONFLICT DO NOTHING"
        )


async def add(tx: Transaction, facts: Facts, rows: Sequence[tuple[object, ...]]) -> None:
    """Insert facts, in one statement; those that are there already stay as they are.

    In the order of their ids, so that two who are told the same facts at once wait for each other and not in a circle.
    """
    if rows:
        columns = map(list, zip(*rows, strict=True))
        await tx.run(facts.statement, dict(zip(facts.columns, columns, strict=True)))


async def facts(tx: Transaction, table: str, stretches: Sequence[Stretch], *, time: str = "at") -> Sequence[Any]:
    """Return the rows of a table of evidence that fall into the stretches."""
    query = text("SELECT fact.*" + _WANTED.format(table=table, time=time))
    return (await tx.run(query, _parameters(stretches))).all()


async def answers(tx: Transaction, stretches: Sequence[Stretch], *, reach: timedelta) -> Sequence[Any]:
    """Return the answers that fall into the stretches; `repeated` looks back as far as `reach`."""
    return (await tx.run(_ANSWERS, {**_parameters(stretches), "reach": reach})).mappings().all()


async def conversions(tx: Transaction, stretches: Sequence[Stretch]) -> Sequence[Any]:
    """Return the first conversion of each visitor on each share, of those that fall into the stretches."""
    return (await tx.run(_CONVERSIONS, _parameters(stretches))).mappings().all()


async def conversions_by(tx: Transaction, shares: Sequence[UUID], visitors: Sequence[str]) -> Sequence[Any]:
    """Return all conversions of these visitors on these shares, pair by pair."""
    return (await tx.run(_SAME_VISITOR, {"shares": list(shares), "visitors": list(visitors)})).mappings().all()


async def pair_touches(tx: Transaction, stretches: Sequence[Stretch]) -> Sequence[Any]:
    """Return touches between colleagues in which one of the ambassadors has a part."""
    return (await tx.run(_PAIRS, _parameters(stretches))).mappings().all()


async def readings(tx: Transaction, share_ids: Sequence[UUID]) -> Sequence[Any]:
    """Return the readings of shares; estimates are left out, for they are never added to measurements."""
    return (await tx.run(_READINGS, {"shares": list(share_ids)})).mappings().all()


async def authors(tx: Transaction, share_ids: Sequence[UUID]) -> Sequence[Any]:
    """Return programme, author and time of those shares that are known."""
    return (await tx.run(_PUBLISHED, {"shares": list(share_ids)})).mappings().all()


# what is counted by day: what people do counts once a day for each of them and share; the author's own never does
_DAILY = """
    SELECT fact.ambassador_id, width_bucket(fact.{time}, CAST(:midnights AS timestamptz[])) AS nth,
           {name} AS name, {value}::int AS value"""
_DAILY_COUNTS = text(
    " UNION ALL ".join(
        _DAILY.format(time=time, name=name, value=value)
        + _WANTED.format(table=table, time=time)
        + f" {where} GROUP BY 1, 2, 3"
        for table, time, name, value, where in (
            ("evidence_share", "published_at", "'shares'", "count(*)", ""),
            (
                "evidence_share",
                "published_at",
                "'own_voice_shares'",
                "count(*)",
                "WHERE fact.words > 0 AND 10 * fact.copied <= 2 * fact.words",
            ),
            ("evidence_answer", "at", "'answers'", "count(DISTINCT fact.text_key)", "WHERE fact.words >= 3"),
            (
                "evidence_touch",
                "at",
                "fact.kind || 's'",
                "count(DISTINCT (fact.share_id, fact.person))",
                "WHERE fact.colleague_id IS DISTINCT FROM fact.ambassador_id",
            ),
            (
                "evidence_conversion",
                "at",
                "'conversions'",
                "count(DISTINCT (fact.share_id, fact.visitor))",
                "",
            ),
            ("evidence_proposal", "at", "'proposals_approved'", "count(*)", ""),
        )
    )
)
_ACTIVITY = text(
    "SELECT fact.ambassador_id, fact.published_at AS at"
    + _WANTED.format(table="evidence_share", time="published_at")
    + "UNION ALL SELECT fact.ambassador_id, fact.at"
    + _WANTED.format(table="evidence_answer", time="at")
)
_EXTENTS = text(
    "SELECT ambassador_id, min(since) AS since, max(until) AS until FROM ("
    + " UNION ALL ".join(
        f"""
        SELECT ambassador_id, min({time}) AS since, max({time}) AS until FROM {table}
        WHERE ambassador_id = ANY(CAST(:ids AS uuid[])) GROUP BY ambassador_id
        """
        for table, time in (
            ("evidence_share", "published_at"),
            ("evidence_touch", "at"),
            ("evidence_answer", "at"),
            ("evidence_conversion", "at"),
            ("evidence_proposal", "at"),
        )
    )
    + ") AS facts GROUP BY ambassador_id"
)


async def daily(tx: Transaction, stretches: Sequence[Stretch], midnights: Sequence[datetime]) -> Sequence[Any]:
    """Return ambassador, day, name and count; day n begins at the nth of the midnights, from 1 on."""
    return (await tx.run(_DAILY_COUNTS, {**_parameters(stretches), "midnights": list(midnights)})).all()


async def activity(tx: Transaction, stretches: Sequence[Stretch]) -> Sequence[Any]:
    """Return ambassador and time of each share and answer in the stretches."""
    return (await tx.run(_ACTIVITY, _parameters(stretches))).all()


async def extents(tx: Transaction, ambassador_ids: Sequence[UUID]) -> Sequence[Any]:
    """Return the time of the first and the last fact about each ambassador."""
    return (await tx.run(_EXTENTS, {"ids": list(ambassador_ids)})).all()


async def of_programme(tx: Transaction, programme_id: UUID) -> Sequence[Any]:
    """Return each author of a programme with the time of their first and last share, answer or conversion."""
    return (await tx.run(_OF_PROGRAMME, {"programme_id": programme_id})).mappings().all()


def _parameters(stretches: Sequence[Stretch]) -> dict[str, Any]:
    return {
        "ids": [stretch.ambassador_id for stretch in stretches],
        "since": [stretch.since for stretch in stretches],
        "until": [stretch.until for stretch in stretches],
    }
