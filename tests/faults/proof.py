"""Comparing what the doors acknowledged with what the databases hold, id by id."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from tests.faults.book import Book


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Where one kind of item is kept: queries for ids, for what was said under each, and for what waits and why."""

    counted: str
    said: str
    waiting: str
    values: tuple[str, ...] = ()


def interactions_of(source: str) -> Kept:
    """Interactions that one source reports."""
    return Kept(
        counted="SELECT external_id AS key FROM interaction WHERE source = $1",
        said="""
            SELECT external_id AS key, array_agg(kind) AS said FROM (
                SELECT source, external_id, kind FROM interaction
                UNION SELECT source, external_id, kind FROM interaction_conflict
            ) AS reported WHERE source = $1 GROUP BY 1
        """,
        waiting="""
            SELECT item->>'external_id' AS key, reason FROM quarantined
            WHERE state = 'open' AND kind = 'interaction' AND item->>'source' = $1
        """,
        values=(source,),
    )


COUNTS = Kept(
    counted="""
        SELECT concat_ws('/', share_id, kind, to_char(read_at, 'YYYY-MM-DD"T"HH24:MI:SS+00:00'), provenance) AS key
        FROM reading
    """,
    said="""
        SELECT concat_ws('/', share_id, kind, to_char(read_at, 'YYYY-MM-DD"T"HH24:MI:SS+00:00'), provenance) AS key,
               array_agg(count) AS said
        FROM (
            SELECT share_id, kind, read_at, provenance, count FROM reading
            UNION SELECT share_id, kind, read_at, provenance, count FROM reading_conflict
        ) AS reported GROUP BY 1
    """,
    waiting="""
        SELECT concat_ws('/', i.share_id, i.kind, to_char(i.read_at, 'YYYY-MM-DD"T"HH24:MI:SS+00:00'), i.provenance)
                   AS key, reason
        FROM quarantined, jsonb_to_record(item) AS i(share_id text, kind text, read_at timestamptz, provenance text)
        WHERE state = 'open' AND quarantined.kind = 'count'
    """,
)
_COUNTERS = """
    WITH rows AS (
        SELECT share_id, kind, count(*) AS number FROM interaction
        WHERE (kind <> 'reply' OR person IS NOT NULL) AND withdrawn_at IS NULL GROUP BY 1, 2
    )
    SELECT share_id, kind, rows.number, counted + own AS counter
    FROM rows FULL JOIN interaction_counter USING (share_id, kind)
    WHERE coalesce(rows.number, 0) IS DISTINCT FROM counted + own
"""
_TOLD = """
    SELECT interaction_id::text AS key FROM interaction
    WHERE (kind <> 'reply' OR person IS NOT NULL) AND colleague_id IS DISTINCT FROM ambassador_id
      AND withdrawn_at IS NULL
"""
_EVIDENCE = """
    SELECT interaction_id::text AS key FROM evidence_touch
    UNION ALL SELECT interaction_id::text FROM evidence_answer
    UNION ALL SELECT interaction_id::text FROM evidence_conversion
"""
_READINGS_TOLD = "SELECT concat_ws(' ', share_id, kind, read_at, provenance, count) AS key FROM reading"
_READINGS_HEARD = "SELECT concat_ws(' ', share_id, kind, at, provenance, count) AS key FROM evidence_reading"


async def differences(databases: Mapping[str, str], books: Sequence[tuple[Book, Kept]]) -> list[str]:
    """Return one line for each thing that is not as the answers of the doors promise."""
    engagement = await asyncpg.connect(databases["engagement"], server_settings={"timezone": "UTC"})
    gamification = await asyncpg.connect(databases["gamification"], server_settings={"timezone": "UTC"})
    try:
        found = [f"counter {dict(row)}" for row in await engagement.fetch(_COUNTERS)]
        for book, kept in books:
            found += await _of_ids(engagement, book, kept)
            found += await _of_conflicts(engagement, book, kept)
            found += await _of_receipts(engagement, book)
        for told, heard in ((_TOLD, _EVIDENCE), (_READINGS_TOLD, _READINGS_HEARD)):
            found += _differ("evidence", await _keys(engagement, told), await _keys(gamification, heard))
        return found
    finally:
        await engagement.close()
        await gamification.close()


async def _keys(connection: Any, query: str, *values: str) -> list[str]:
    return [row["key"] for row in await connection.fetch(query, *values)]


async def _of_ids(engagement: Any, book: Book, kept: Kept) -> list[str]:
    """Each accepted id counts once or waits for a stated reason, and nothing else is there."""
    found = _differ("counted", book.all_with("counted"), await _keys(engagement, kept.counted, *kept.values))
    waiting = [(row["key"], row["reason"]) for row in await engagement.fetch(kept.waiting, *kept.values)]
    for reason in ("unknown-share", "impossible-time"):
        found += _differ(reason, book.all_with(reason), [key for key, why in waiting if why == reason])
    found += _differ("refused", book.invalid, list(book.refused))
    return found + [f"refused without field or reason: {key}" for key, why in book.refused.items() if not _says(why)]


async def _of_conflicts(engagement: Any, book: Book, kept: Kept) -> list[str]:
    """Of two that say different things under one id the first counts, and the other is noted."""
    said = {row["key"]: set(row["said"]) for row in await engagement.fetch(kept.said, *kept.values)}
    wrong = {key for key in book.all_with("counted") if said.get(key) != book.said[key]}
    return [f"said about {key}: {said.get(key)}, sent was {book.said[key]}" for key in sorted(wrong)[:10]]


async def _of_receipts(engagement: Any, book: Book) -> list[str]:
    """Every receipt is complete, and its numbers add up to what was accepted."""
    rows = await engagement.fetch("SELECT * FROM receipt WHERE receipt_id = ANY($1)", list(map(UUID, book.receipts)))
    sums = {str(row["receipt_id"]): row["new"] + row["duplicates"] + row["quarantined"] for row in rows}
    return [
        f"receipt {id_}: accepted {accepted}, became {sums.get(id_)}"
        for id_, accepted in book.receipts.items()
        if sums.get(id_) != accepted
    ]


def _differ(what: str, wanted: Sequence[str] | set[str], found: Sequence[str]) -> list[str]:
    lines = [f"{what}: {len(found) - len(set(found))} copies"] if len(found) != len(set(found)) else []
    if missing := set(wanted) - set(found):
        lines.append(f"{what}: {len(missing)} missing, such as {sorted(missing)[:3]}")
    if more := set(found) - set(wanted):
        lines.append(f"{what}: {len(more)} too many, such as {sorted(more)[:3]}")
    return lines


def _says(errors: list[dict[str, str]]) -> bool:
    return bool(errors) and all(error["field"] and error["reason"] for error in errors)
