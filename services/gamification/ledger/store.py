"""Every statement about the ledger; all of them work on sets."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from libs.storage.database import Transaction
from services.gamification.ledger.domain import Difference, LineKey, Span
from services.gamification.ledger.tables import Balance, Entry

_OPEN = text("INSERT INTO account SELECT unnest(CAST(:ids AS uuid[])) ON CONFLICT DO NOTHING")
_LOCK = text("""
    SELECT ambassador_id FROM account WHERE ambassador_id = ANY(CAST(:ids AS uuid[]))
    ORDER BY ambassador_id FOR UPDATE
""")
_HELD = text("""
    SELECT line.* FROM line
    JOIN unnest(CAST(:ids AS uuid[]), CAST(:firsts AS text[]), CAST(:lasts AS text[]))
         AS wanted(ambassador_id, first, last)
      ON line.ambassador_id = wanted.ambassador_id AND line.week BETWEEN wanted.first AND wanted.last
""")
_BOOK = text("""
    WITH booked AS (
        INSERT INTO entry (entry_id, programme_id, ambassador_id, week, season, kind, share_id, cause, rules_version,
                           before, after, factors, booked_at)
        SELECT gen.entry_id, gen.programme_id, gen.ambassador_id, gen.week, gen.season, gen.kind, gen.share_id, :cause,
               gen.rules_version, gen.before, gen.after, gen.factors, :now
        FROM jsonb_to_recordset(CAST(:rows AS jsonb))
             AS gen(entry_id uuid, programme_id uuid, ambassador_id uuid, week text, season text, kind text,
                    share_id uuid, rules_version int, before bigint, after bigint, factors jsonb)
        RETURNING *
    ), lines AS (
        INSERT INTO line (ambassador_id, week, kind, share_id, milli_points)
        SELECT ambassador_id, week, kind, share_id, after FROM booked
        ORDER BY ambassador_id, week, kind, share_id
        ON CONFLICT (ambassador_id, week, kind, share_id) DO UPDATE SET milli_points = excluded.milli_points
    ), balances AS (
        INSERT INTO balance AS held (programme_id, period, ambassador_id, milli_points, sequence)
        SELECT programme_id, period, ambassador_id, sum(after - before), max(sequence)
        FROM booked, unnest(ARRAY['all', season, week]) AS period
        GROUP BY programme_id, period, ambassador_id
        ORDER BY programme_id, period, ambassador_id
        ON CONFLICT (programme_id, period, ambassador_id)
        DO UPDATE SET milli_points = held.milli_points + excluded.milli_points, sequence = excluded.sequence
        RETURNING *
    )
    SELECT booked.sequence, booked.entry_id, (
        SELECT jsonb_agg(jsonb_build_object(
            'period', balances.period, 'milli_points', balances.milli_points, 'sequence', balances.sequence
        ) ORDER BY balances.period)
        FROM balances
        WHERE balances.ambassador_id = booked.ambassador_id
          AND balances.period IN ('all', booked.season, booked.week)
    ) AS balances
    FROM booked ORDER BY booked.sequence
""")
_AUDIT = text("""
    SELECT programme_id, period, ambassador_id,
           coalesce(entries.milli_points, 0) AS entries, coalesce(balance.milli_points, 0) AS balance
    FROM (
        SELECT programme_id, period, ambassador_id, sum(after - before) AS milli_points
        FROM entry, unnest(ARRAY['all', season, week]) AS period
        GROUP BY programme_id, period, ambassador_id
    ) AS entries
    FULL JOIN balance USING (programme_id, period, ambassador_id)
    WHERE coalesce(entries.milli_points, 0) <> coalesce(balance.milli_points, 0)
""")
_TOTALS = text("""
    SELECT (SELECT coalesce(sum(after - before), 0) FROM entry)::bigint AS entries,
           (SELECT coalesce(sum(milli_points), 0) FROM line)::bigint AS lines,
           (SELECT coalesce(sum(milli_points), 0) FROM balance WHERE period = 'all')::bigint AS balances,
           (SELECT count(*) FROM entry) AS count
""")


async def lock_accounts(tx: Transaction, ambassador_ids: Sequence[UUID]) -> None:
    """Hold the accounts until the commit, so that two settlements of one ambassador follow each other."""
    await tx.run(_OPEN, {"ids": list(ambassador_ids)})
    await tx.run(_LOCK, {"ids": list(ambassador_ids)})


async def held_lines(tx: Transaction, spans: Sequence[Span]) -> dict[LineKey, int]:
    """Return the milli-points of the lines that the ledger holds in these spans of weeks."""
    parameters = {
        "ids": [span.ambassador_id for span in spans],
        "firsts": [span.first for span in spans],
        "lasts": [span.last for span in spans],
    }
    return {
        LineKey(row["ambassador_id"], row["week"], row["kind"], row["share_id"]): row["milli_points"]
        for row in (await tx.run(_HELD, parameters)).mappings()
    }


async def book(tx: Transaction, rows: Sequence[dict[str, Any]], *, cause: str, now: datetime) -> Iterable[Any]:
    """Write entries, lines and balances in one statement; returns sequence, entry id and the new balances of each."""
    return (await tx.run(_BOOK, {"rows": json.dumps(rows, default=str), "cause": cause, "now": now})).mappings()


def row_of(difference: Difference, entry_id: UUID) -> dict[str, Any]:
    """Return a difference as the row that `book` takes."""
    key, calendar = difference.key, difference.calendar
    return {
        "entry_id": entry_id,
        "programme_id": calendar.programme_id,
        "ambassador_id": key.ambassador_id,
        "week": key.week,
        "season": calendar.season_of_week(key.week),
        "kind": key.kind,
        "share_id": key.share_id,
        "rules_version": difference.rules_version,
        "before": difference.before,
        "after": difference.line.milli_points,
        "factors": difference.line.factors,
    }


async def balances_of(tx: Transaction, ambassador_id: UUID) -> Sequence[Balance]:
    """Return all balances of an ambassador."""
    query = select(Balance).where(Balance.ambassador_id == ambassador_id).order_by(col(Balance.period))
    return (await tx.session.exec(query)).all()


async def entries_before(tx: Transaction, ambassador_id: UUID, last: int | None, *, limit: int) -> Sequence[Entry]:
    """Return entries of an ambassador, newest first, from just before sequence `last`."""
    query = select(Entry).where(Entry.ambassador_id == ambassador_id).order_by(col(Entry.sequence).desc()).limit(limit)
    if last is not None:
        query = query.where(col(Entry.sequence) < last)
    return (await tx.session.exec(query)).all()


async def balances_of_programme(
    tx: Transaction, programme_id: UUID, last: tuple[str, UUID] | None, *, limit: int | None
) -> Sequence[Balance]:
    """Return balances of a programme in key order, from just after `last` (period, ambassador)."""
    query = select(Balance).where(Balance.programme_id == programme_id)
    if last is not None:
        period, ambassador_id = last
        query = query.where(
            (col(Balance.period) > period)
            | ((col(Balance.period) == period) & (col(Balance.ambassador_id) > ambassador_id))
        )
    query = query.order_by(col(Balance.period), col(Balance.ambassador_id)).limit(limit)
    return (await tx.session.exec(query)).all()


async def disagreements(tx: Transaction) -> Sequence[Any]:
    """Return every balance that is not the sum of its entries."""
    return (await tx.run(_AUDIT)).mappings().all()


async def totals(tx: Transaction) -> Any:  # noqa: ANN401 - a row: entries, lines, balances in milli-points, count
    """Return the grand totals of entries, lines and balances."""
    return (await tx.run(_TOTALS)).mappings().one()
