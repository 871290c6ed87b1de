"""Every statement about evidence: facts in as sets, and out as what a set of ambassadors' stretches can concern."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import SQLModel

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
    SELECT known.ambassador_id, known.at
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
    ) AS moments
    GROUP BY ambassador_id
""")


_ADD = """
    INSERT INTO {table} ({columns}) SELECT * FROM unnest({arrays}) ON CONFLICT DO NOTHING
"""


async def add_columns(tx: Transaction, table: str, columns: Mapping[str, tuple[str, list[Any]]]) -> None:
    """Insert facts, given as one list of values with its type for each column; what is there already stays as it is."""
    arrays = ", ".join(f"CAST(:{name} AS {kind}[])" for name, (kind, _) in columns.items())
    statement = text(_ADD.format(table=table, columns=", ".join(columns), arrays=arrays))
    await tx.run(statement, {name: values for name, (_, values) in columns.items()})


async def add(tx: Transaction, rows: Sequence[SQLModel]) -> None:
    """Insert facts of one table; those that are there already stay as they are."""
    if rows:
        values = [row.model_dump() for row in rows]
        await tx.run(insert(type(rows[0])).on_conflict_do_nothing(), values)


async def facts(tx: Transaction, table: str, stretches: Sequence[Stretch], *, time: str = "at") -> Iterable[Any]:
    """Return the rows of a table of evidence that fall into the stretches."""
    query = text("SELECT fact.*" + _WANTED.format(table=table, time=time))
    return (await tx.run(query, _parameters(stretches))).mappings()


async def answers(tx: Transaction, stretches: Sequence[Stretch], *, reach: timedelta) -> Iterable[Any]:
    """Return the answers that fall into the stretches; `repeated` looks back as far as `reach`."""
    return (await tx.run(_ANSWERS, {**_parameters(stretches), "reach": reach})).mappings()


async def conversions(tx: Transaction, stretches: Sequence[Stretch]) -> Iterable[Any]:
    """Return the first conversion of each visitor on each share, of those that fall into the stretches."""
    return (await tx.run(_CONVERSIONS, _parameters(stretches))).mappings()


async def conversions_by(tx: Transaction, shares: Sequence[UUID], visitors: Sequence[str]) -> Iterable[Any]:
    """Return all conversions of these visitors on these shares, pair by pair."""
    return (await tx.run(_SAME_VISITOR, {"shares": list(shares), "visitors": list(visitors)})).mappings()


async def pair_touches(tx: Transaction, stretches: Sequence[Stretch]) -> Iterable[Any]:
    """Return touches between colleagues in which one of the ambassadors has a part."""
    return (await tx.run(_PAIRS, _parameters(stretches))).mappings()


async def readings(tx: Transaction, share_ids: Sequence[UUID]) -> Iterable[Any]:
    """Return the readings of shares; estimates are left out, for they are never added to measurements."""
    return (await tx.run(_READINGS, {"shares": list(share_ids)})).mappings()


async def authors(tx: Transaction, share_ids: Sequence[UUID]) -> Iterable[Any]:
    """Return programme, author and time of those shares that are known."""
    return (await tx.run(_PUBLISHED, {"shares": list(share_ids)})).mappings()


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
        )
    )
    + ") AS facts GROUP BY ambassador_id"
)


async def daily(tx: Transaction, stretches: Sequence[Stretch], midnights: Sequence[datetime]) -> Iterable[Any]:
    """Return ambassador, day, name and count; day n begins at the nth of the midnights, from 1 on."""
    return await tx.run(_DAILY_COUNTS, {**_parameters(stretches), "midnights": list(midnights)})


async def activity(tx: Transaction, stretches: Sequence[Stretch]) -> Iterable[Any]:
    """Return ambassador and time of each share and answer in the stretches."""
    return await tx.run(_ACTIVITY, _parameters(stretches))


async def extents(tx: Transaction, ambassador_ids: Sequence[UUID]) -> Iterable[Any]:
    """Return the time of the first and the last fact about each ambassador."""
    return await tx.run(_EXTENTS, {"ids": list(ambassador_ids)})


async def of_programme(tx: Transaction, programme_id: UUID) -> Iterable[Any]:
    """Return each author of a programme with the time of their first and last share, answer or conversion."""
    return (await tx.run(_OF_PROGRAMME, {"programme_id": programme_id})).mappings()


def _parameters(stretches: Sequence[Stretch]) -> dict[str, Any]:
    return {
        "ids": [stretch.ambassador_id for stretch in stretches],
        "since": [stretch.since for stretch in stretches],
        "until": [stretch.until for stretch in stretches],
    }
