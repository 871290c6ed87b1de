"""Every statement about the ledger; all of them work on sets."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import text
from sqlmodel import col, select

from libs.periods import ALL_TIME
from libs.storage.database import Transaction
from libs.storage.tables import any_of
from services.gamification.ledger.domain import Difference, LineKey, Span
from services.gamification.ledger.tables import Balance, Entry

_OPEN = text("INSERT INTO account SELECT unnest(CAST(:ids AS uuid[])) ON CONFLICT DO NOTHING")
_LOCK = text("""
    SELECT ambassador_id FROM account WHERE ambassador_id = ANY(CAST(:ids AS uuid[]))
    ORDER BY ambassador_id FOR UPDATE
""")
_HELD = text("""
    SELECT line.ambassador_id, line.week, line.kind, line.share_id, line.milli_points FROM line
    JOIN unnest(CAST(:ids AS uuid[]), CAST(:firsts AS text[]), CAST(:lasts AS text[]))
         AS wanted(ambassador_id, first, last)
      ON line.ambassador_id = wanted.ambassador_id AND line.week BETWEEN wanted.first AND wanted.last
""")
_BOOK = text("""
    WITH booked AS (
        INSERT INTO entry (entry_id, programme_id, ambassador_id, week, season, kind, share_id, cause, rules_version,
                           before, after, factors, booked_at)
        SELECT told.entry_id, told.programme_id, told.ambassador_id, told.week, told.season, told.kind, told.share_id,
               :cause, told.rules_version, told.before, told.after, CAST(told.factors AS jsonb), :now
        FROM unnest(CAST(:entry_id AS uuid[]), CAST(:programme_id AS uuid[]), CAST(:ambassador_id AS uuid[]),
                    CAST(:week AS text[]), CAST(:season AS text[]), CAST(:kind AS text[]), CAST(:share_id AS uuid[]),
                    CAST(:rules_version AS int[]), CAST(:before AS bigint[]), CAST(:after AS bigint[]),
                    CAST(:factors AS text[]))
             AS told(entry_id, programme_id, ambassador_id, week, season, kind, share_id, rules_version,
                     before, after, factors)
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
        DO UPDATE SET milli_points = held.milli_points + excluded.milli_points,
            -- who leaves the sum as it was keeps its place among equals
            sequence = CASE excluded.milli_points WHEN 0 THEN held.sequence ELSE excluded.sequence END
        RETURNING *
    )
    SELECT booked.sequence, booked.entry_id, array_agg(balances.period ORDER BY balances.period) AS periods,
           array_agg(balances.milli_points ORDER BY balances.period) AS amounts,
           array_agg(balances.sequence ORDER BY balances.period) AS sequences
    FROM booked JOIN balances ON balances.ambassador_id = booked.ambassador_id
                             AND balances.period IN ('all', booked.season, booked.week)
    GROUP BY booked.sequence, booked.entry_id ORDER BY booked.sequence
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
    found = (await tx.run(_HELD, parameters)).all()
    return {LineKey(row.ambassador_id, row.week, row.kind, row.share_id): row.milli_points for row in found}


async def book(tx: Transaction, differences: Mapping[UUID, Difference], *, cause: str, now: datetime) -> Sequence[Any]:
    """Write entries (by their ids), lines and balances in one statement; returns one row for each entry, in order.

    A row has sequence, entry_id and the new balances as columns: periods, amounts in milli-points, sequences.
    """
    rows = [_row(entry_id, difference) for entry_id, difference in differences.items()]
    columns = map(list, zip(*rows, strict=True))
    return (await tx.run(_BOOK, {**dict(zip(_COLUMNS, columns, strict=True)), "cause": cause, "now": now})).all()


_COLUMNS = (
    *("entry_id", "programme_id", "ambassador_id", "week", "season", "kind", "share_id"),
    *("rules_version", "before", "after", "factors"),
)


def _row(entry_id: UUID, difference: Difference) -> tuple[object, ...]:
    key, calendar, line = difference.key, difference.calendar, difference.line
    return (
        *(entry_id, calendar.programme_id, key.ambassador_id, key.week, calendar.season_of_week(key.week)),
        *(key.kind, key.share_id, difference.rules_version, difference.before, line.milli_points),
        to_json(line.factors).decode(),
    )


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


async def find_entry(tx: Transaction, entry_id: UUID) -> Entry | None:
    """Return an entry."""
    return (await tx.session.exec(select(Entry).where(Entry.entry_id == entry_id))).first()


async def people_after(tx: Transaction, programme_id: UUID, last: UUID | None, *, limit: int) -> Sequence[UUID]:
    """Return the ids of ambassadors with a balance, in order, from just after `last`."""
    query = select(Balance.ambassador_id).where(Balance.programme_id == programme_id, Balance.period == "all")
    if last is not None:
        query = query.where(col(Balance.ambassador_id) > last)
    return (await tx.session.exec(query.order_by(col(Balance.ambassador_id)).limit(limit))).all()


async def balances_of_people(tx: Transaction, programme_id: UUID, ambassador_ids: Sequence[UUID]) -> Sequence[Balance]:
    """Return all balances of ambassadors in a programme."""
    query = select(Balance).where(Balance.programme_id == programme_id, col(Balance.ambassador_id).in_(ambassador_ids))
    return (await tx.session.exec(query)).all()


async def ranked(tx: Transaction, programme_id: UUID, period: str) -> Sequence[Balance]:
    """Return the balances of a period as boards rank them: more first, of equals whoever had it first."""
    query = select(Balance).where(Balance.programme_id == programme_id, Balance.period == period)
    return (await tx.session.exec(query.order_by(col(Balance.milli_points).desc(), col(Balance.sequence)))).all()


async def disagreements(tx: Transaction) -> Sequence[Any]:
    """Return every balance that is not the sum of its entries."""
    return (await tx.run(_AUDIT)).mappings().all()


async def totals(tx: Transaction) -> Any:  # noqa: ANN401 - a row: entries, lines, balances in milli-points, count
    """Return the grand totals of entries, lines and balances."""
    return (await tx.run(_TOTALS)).mappings().one()


_MOST_OF_A_KIND = text("""
    SELECT line.ambassador_id, line.milli_points
    FROM balance JOIN line ON line.ambassador_id = balance.ambassador_id AND line.week = balance.period
    WHERE balance.programme_id = :programme_id AND balance.period = :week
      AND line.kind = :kind AND line.milli_points > 0
    ORDER BY line.milli_points DESC, line.ambassador_id LIMIT :limit
""")
_MOST_AMONG = text("""
    SELECT ambassador_id, milli_points FROM balance
    WHERE programme_id = :programme_id AND period = :week AND milli_points > 0
      AND ambassador_id = ANY(CAST(:ids AS uuid[]))
    ORDER BY milli_points DESC, ambassador_id LIMIT :limit
""")
_MOST_GROWN = text("""
    SELECT ambassador_id, lately, earlier FROM (
        SELECT ambassador_id,
               coalesce(sum(milli_points) FILTER (WHERE period = ANY(CAST(:weeks AS text[]))), 0)::bigint AS lately,
               coalesce(sum(milli_points) FILTER (WHERE period = ANY(CAST(:before AS text[]))), 0)::bigint AS earlier
        FROM balance
        WHERE programme_id = :programme_id AND period = ANY(CAST(:weeks AS text[]) || CAST(:before AS text[]))
        GROUP BY ambassador_id
    ) AS sums
    WHERE earlier > 0 AND lately > earlier
    ORDER BY lately - earlier DESC, ambassador_id LIMIT :limit
""")


async def lifetime_of(tx: Transaction, ambassador_id: UUID) -> int:
    """Return an ambassador's balance of all time in milli-points."""
    query = select(Balance.milli_points).where(Balance.ambassador_id == ambassador_id, Balance.period == ALL_TIME)
    return (await tx.session.exec(query)).one_or_none() or 0


async def lifetimes_of(tx: Transaction, ambassador_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return the balance of all time of each ambassador who has one, in milli-points."""
    query = select(Balance.ambassador_id, Balance.milli_points).where(
        col(Balance.ambassador_id) == any_of(ambassador_ids), Balance.period == ALL_TIME
    )
    return dict((await tx.session.exec(query)).all())


async def most_of_a_kind(
    tx: Transaction, programme_id: UUID, week: str, kind: str, *, limit: int
) -> list[tuple[UUID, int]]:
    """Return ambassador and milli-points of the best lines of a kind in a week, best first."""
    parameters = {"programme_id": programme_id, "week": week, "kind": kind, "limit": limit}
    rows = (await tx.run(_MOST_OF_A_KIND, parameters)).mappings()
    return [(row["ambassador_id"], row["milli_points"]) for row in rows]


async def most_among(
    tx: Transaction, programme_id: UUID, week: str, ambassador_ids: Sequence[UUID], *, limit: int
) -> list[tuple[UUID, int]]:
    """Return ambassador and milli-points of the best of these in a week, best first."""
    parameters = {"programme_id": programme_id, "week": week, "ids": list(ambassador_ids), "limit": limit}
    rows = (await tx.run(_MOST_AMONG, parameters)).mappings()
    return [(row["ambassador_id"], row["milli_points"]) for row in rows]


async def most_grown(
    tx: Transaction, programme_id: UUID, weeks: Sequence[str], before: Sequence[str], *, limit: int
) -> list[tuple[UUID, int, int]]:
    """Return ambassador and milli-points in `weeks` and in `before`, of who grew, the largest growth first."""
    parameters = {"programme_id": programme_id, "weeks": list(weeks), "before": list(before), "limit": limit}
    rows = (await tx.run(_MOST_GROWN, parameters)).mappings()
    return [(row["ambassador_id"], row["lately"], row["earlier"]) for row in rows]


_HEADS = " + ".join(
    f"coalesce((factors ->> '{kind}')::bigint, 0)" for kind in ("reactions", "comments", "reshares", "mentions")
)
_OWN = """
    CASE WHEN (factors ->> 'words')::bigint > 0
         THEN 1000 * (factors ->> 'own_words')::bigint / (factors ->> 'words')::bigint ELSE 0 END
"""
# what a share is worth in other measures than points, by the factors of its last entry
_FACTORS = {
    "originality": _OWN,
    "reactions_received": f"1000 * ({_HEADS})",
    "engagement_per_share": f"1000 * ({_HEADS})",
}
_POINTS = text("""
    SELECT ambassador_id, week, kind, share_id, milli_points AS amount FROM line
    WHERE ambassador_id = ANY(CAST(:ids AS uuid[])) AND kind = ANY(CAST(:kinds AS text[]))
""")
_LAST = """
    SELECT DISTINCT ON (ambassador_id, week, share_id) ambassador_id, week, kind, share_id, {amount} AS amount
    FROM entry WHERE ambassador_id = ANY(CAST(:ids AS uuid[])) AND kind = ANY(CAST(:kinds AS text[]))
    ORDER BY ambassador_id, week, share_id, sequence DESC
"""
_SHARES = {measure: text(_LAST.format(amount=amount)) for measure, amount in _FACTORS.items()}


async def lines_of(
    tx: Transaction, ambassador_ids: Collection[UUID], measure: str, kinds: Collection[str]
) -> Iterable[Any]:
    """Return ambassador, week, kind, share and amount of each line of these kinds, as of its last entry."""
    statement = _SHARES.get(measure, _POINTS)
    return (await tx.run(statement, {"ids": list(ambassador_ids), "kinds": list(kinds)})).mappings()
