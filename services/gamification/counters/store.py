"""Every statement about counters; all of them work on sets."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import text

from libs.storage.database import Transaction
from services.gamification.counters.domain import Counted, DayCount

_KNOWN = text("""
    SELECT id FROM unnest(CAST(:ids AS uuid[])) AS id WHERE EXISTS (SELECT FROM counter WHERE ambassador_id = id)
""")
# what is told takes the place of what is held in the days counted; the totals move by the difference
_REPLACE = text("""
    WITH told AS (
        SELECT *
        FROM unnest(CAST(:who AS uuid[]), CAST(:names AS text[]), CAST(:days AS date[]), CAST(:values AS int[]))
             AS told(ambassador_id, name, day, value)
    ), held AS (
        SELECT held.* FROM counter_day AS held
        JOIN unnest(CAST(:ids AS uuid[]), CAST(:firsts AS date[]), CAST(:lasts AS date[]))
             AS counted(ambassador_id, first, last)
          ON held.ambassador_id = counted.ambassador_id AND held.day BETWEEN counted.first AND counted.last
    ), changed AS (
        SELECT ambassador_id, name, day, coalesce(told.value, 0) AS value,
               coalesce(told.value, 0) - coalesce(held.value, 0) AS change
        FROM told FULL JOIN held USING (ambassador_id, name, day)
        WHERE coalesce(told.value, 0) <> coalesce(held.value, 0)
    ), days AS (
        INSERT INTO counter_day (ambassador_id, name, day, value)
        SELECT ambassador_id, name, day, value FROM changed
        ON CONFLICT (ambassador_id, name, day) DO UPDATE SET value = excluded.value
    )
    INSERT INTO counter AS total (ambassador_id, name, value)
    SELECT ambassador_id, name, sum(change) FROM changed GROUP BY ambassador_id, name
    ON CONFLICT (ambassador_id, name) DO UPDATE SET value = total.value + excluded.value
    RETURNING ambassador_id
""")
_PUT = text("""
    INSERT INTO counter AS held (ambassador_id, name, value)
    SELECT who, :name, value FROM unnest(CAST(:ids AS uuid[]), CAST(:values AS bigint[])) AS told(who, value)
    ON CONFLICT (ambassador_id, name) DO UPDATE SET value = excluded.value WHERE held.value <> excluded.value
""")
_TOTALS = text("SELECT ambassador_id, name, value FROM counter WHERE ambassador_id = ANY(CAST(:ids AS uuid[]))")
_BETWEEN = text("""
    SELECT ambassador_id, sum(value)::bigint AS value FROM counter_day
    WHERE ambassador_id = ANY(CAST(:ids AS uuid[])) AND name = :name AND day BETWEEN :first AND :last
    GROUP BY ambassador_id
""")

_DAYS = text("""
    SELECT ambassador_id, day, name, value FROM counter_day
    WHERE ambassador_id = ANY(CAST(:ids AS uuid[])) AND name = ANY(CAST(:names AS text[])) AND value > 0
""")


async def known(tx: Transaction, ambassador_ids: Collection[UUID]) -> set[UUID]:
    """Return those of the ambassadors who have been counted before."""
    return set((await tx.run(_KNOWN, {"ids": list(ambassador_ids)})).scalars())


async def replace(tx: Transaction, counted: Sequence[Counted], counts: Sequence[DayCount]) -> set[UUID]:
    """Hold these counts, and no others, in the days counted; totals follow. Returns of whom anything changed."""
    parameters = {
        "who": [count.ambassador_id for count in counts],
        "names": [count.name for count in counts],
        "days": [count.day for count in counts],
        "values": [count.value for count in counts],
        "ids": [one.ambassador_id for one in counted],
        "firsts": [one.first for one in counted],
        "lasts": [one.last for one in counted],
    }
    return set((await tx.run(_REPLACE, parameters)).scalars())


async def put(tx: Transaction, name: str, values: Mapping[UUID, int]) -> None:
    """Hold the total of a counter that has no days."""
    await tx.run(_PUT, {"name": name, "ids": list(values), "values": list(values.values())})


async def totals(tx: Transaction, ambassador_ids: Collection[UUID]) -> dict[UUID, dict[str, int]]:
    """Return all totals, by ambassador and name."""
    found: dict[UUID, dict[str, int]] = {ambassador_id: {} for ambassador_id in ambassador_ids}
    for row in (await tx.run(_TOTALS, {"ids": list(ambassador_ids)})).all():
        found[row.ambassador_id][row.name] = row.value
    return found


async def between(
    tx: Transaction, ambassador_ids: Collection[UUID], name: str, first: date, last: date
) -> dict[UUID, int]:
    """Return what a counter holds from a day to a day, of each ambassador who has anything there."""
    parameters = {"ids": list(ambassador_ids), "name": name, "first": first, "last": last}
    return {row.ambassador_id: row.value for row in (await tx.run(_BETWEEN, parameters)).all()}


async def days(tx: Transaction, ambassador_ids: Collection[UUID], names: Collection[str]) -> list[DayCount]:
    """Return what these counters hold of ambassadors, day by day."""
    found = await tx.run(_DAYS, {"ids": list(ambassador_ids), "names": list(names)})
    return [DayCount(**row) for row in found.mappings().all()]
