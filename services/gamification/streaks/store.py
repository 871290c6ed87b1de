"""Every statement about streaks."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from libs.storage.database import Transaction
from libs.storage.tables import any_of
from services.gamification.streaks.domain import Cadence
from services.gamification.streaks.tables import CadenceRow

_WEEKS = text("SELECT ambassador_id, week, done FROM streak_week WHERE ambassador_id = ANY(CAST(:ids AS uuid[]))")
_DROP = text("""
    DELETE FROM streak_week USING unnest(CAST(:ids AS uuid[]), CAST(:weeks AS text[])) AS gone(who, of)
    WHERE ambassador_id = gone.who AND week = gone.of
""")
_PUT = text("""
    INSERT INTO streak_week (ambassador_id, week, done)
    SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:weeks AS text[]), CAST(:done AS int[]))
    ON CONFLICT (ambassador_id, week) DO UPDATE SET done = excluded.done
""")
Weeks = dict[UUID, dict[str, int]]


async def cadences(tx: Transaction, ambassador_ids: Collection[UUID]) -> dict[UUID, list[Cadence]]:
    """Return all cadences that ambassadors chose."""
    found: dict[UUID, list[Cadence]] = {ambassador_id: [] for ambassador_id in ambassador_ids}
    for row in await tx.session.exec(select(CadenceRow).where(col(CadenceRow.ambassador_id) == any_of(ambassador_ids))):
        found[row.ambassador_id].append(
            Cadence(since=row.since, target=row.target, time_zone=row.time_zone, paused=row.paused)
        )
    return found


async def choose(tx: Transaction, row: CadenceRow) -> None:
    """Insert a cadence; of two that were chosen at one instant the second holds."""
    values = row.model_dump()
    keys = ["ambassador_id", "since"]
    await tx.run(insert(CadenceRow).values(**values).on_conflict_do_update(index_elements=keys, set_=values))


async def weeks(tx: Transaction, ambassador_ids: Collection[UUID]) -> Weeks:
    """Return what each ambassador did in each week."""
    found: Weeks = {ambassador_id: {} for ambassador_id in ambassador_ids}
    for row in (await tx.run(_WEEKS, {"ids": list(ambassador_ids)})).all():
        found[row.ambassador_id][row.week] = row.done
    return found


async def put_weeks(tx: Transaction, changed: Mapping[UUID, Mapping[str, int]]) -> None:
    """Hold these weeks; one in which nothing was done is dropped."""
    rows = [(who, week, done) for who, of_person in changed.items() for week, done in of_person.items()]
    if gone := [row for row in rows if not row[2]]:
        await tx.run(_DROP, {"ids": [row[0] for row in gone], "weeks": [row[1] for row in gone]})
    if kept := [row for row in rows if row[2]]:
        columns = {"ids": [row[0] for row in kept], "weeks": [row[1] for row in kept], "done": [row[2] for row in kept]}
        await tx.run(_PUT, columns)
