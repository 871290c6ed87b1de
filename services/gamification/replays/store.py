"""Every statement about who is concerned by rules of a season, simulations, and what proves a replay."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from libs.storage.database import Transaction
from services.gamification.replays.domain import Outcome, Who
from services.gamification.replays.tables import SimulatedOutcome, Simulation

# all who hold points, and all who have shared: what is worth nothing under some rules may be under others
_AMBASSADORS = text("""
    SELECT ambassador_id FROM (
        (SELECT ambassador_id FROM balance
         WHERE programme_id = :programme_id AND period = 'all' AND ambassador_id > :last
         ORDER BY ambassador_id LIMIT :limit)
        UNION
        (SELECT DISTINCT ambassador_id FROM evidence_share
         WHERE programme_id = :programme_id AND ambassador_id > :last
         ORDER BY ambassador_id LIMIT :limit)
    ) AS known ORDER BY ambassador_id LIMIT :limit
""")
_BALANCES = text("""
    SELECT ambassador_id, milli_points FROM balance
    WHERE programme_id = :programme_id AND period = :season AND ambassador_id = ANY(CAST(:ids AS uuid[]))
""")
_COUNT = text("""
    SELECT count(*) FROM (
        SELECT ambassador_id FROM balance WHERE programme_id = :programme_id AND period = 'all'
        UNION SELECT ambassador_id FROM evidence_share WHERE programme_id = :programme_id
    ) AS known
""")
_RANK = text("""
    UPDATE simulated_outcome AS held
    SET rank_now = found.rank_now, rank_then = found.rank_then, place = found.place
    FROM (
        SELECT ambassador_id,
               rank() OVER (ORDER BY now DESC) AS rank_now, rank() OVER (ORDER BY "then" DESC) AS rank_then,
               row_number() OVER (ORDER BY abs("then" - now) DESC, ambassador_id) AS place
        FROM simulated_outcome WHERE simulation_id = :id
    ) AS found
    WHERE held.simulation_id = :id AND held.ambassador_id = found.ambassador_id
""")
# Gini: half the mean absolute difference of all pairs over the mean (A. Sen, On Economic Inequality, 1973), from the
# sorted totals as sum of (2 i - n - 1) x_i over n times their sum; 0 where nobody holds anything
_FIGURES = text("""
    SELECT sum(now)::bigint AS total_now, sum("then")::bigint AS total_then,
           coalesce(sum((2 * place_now - n - 1) * now)::float / nullif(n * sum(now), 0)::float, 0) AS gini_now,
           coalesce(sum((2 * place_then - n - 1) * "then")::float / nullif(n * sum("then"), 0)::float, 0) AS gini_then,
           count(*) FILTER (WHERE "then" > now) AS gaining, count(*) FILTER (WHERE "then" < now) AS losing
    FROM (
        SELECT now, "then", count(*) OVER () AS n,
               row_number() OVER (ORDER BY now) AS place_now, row_number() OVER (ORDER BY "then") AS place_then
        FROM simulated_outcome WHERE simulation_id = :id
    ) AS placed
    GROUP BY n
""")
# by table: the line that a row is proven by, in the order of what identifies it
PROVEN = {
    "balance": (
        "concat_ws(' ', programme_id, period, ambassador_id, milli_points)",
        """milli_points <> 0""",
        """programme_id, period COLLATE "C", ambassador_id""",
    ),
    "held_share": ("concat_ws(' ', share_id, hold_id, ambassador_id)", "true", "share_id, hold_id"),
    "redemption": ("concat_ws(' ', id, reward_id, ambassador_id, price, state)", "true", "id"),
    "board_visibility": ("concat_ws(' ', ambassador_id, boards, version)", "true", "ambassador_id"),
}
_NOBODY = UUID(int=0)


async def ambassadors_after(tx: Transaction, programme_id: UUID, last: UUID | None, *, limit: int) -> list[UUID]:
    """Return the next ambassadors of a programme who have shared or hold points, in the order of their ids."""
    parameters = {"programme_id": programme_id, "last": last or _NOBODY, "limit": limit}
    return list((await tx.run(_AMBASSADORS, parameters)).scalars())


async def season_balances(tx: Transaction, programme_id: UUID, season: str, ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return what ambassadors hold in a season, in milli-points; who holds nothing is left out."""
    found = await tx.run(_BALANCES, {"programme_id": programme_id, "season": season, "ids": list(ids)})
    return {row.ambassador_id: row.milli_points for row in found}


async def read_only(tx: Transaction) -> None:
    """Have the database refuse any change in this transaction; call it before anything else."""
    await tx.run(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))


async def is_empty(tx: Transaction) -> bool:
    """Whether the ledger has no entry and no consumer has ever applied a message."""
    query = text("SELECT NOT EXISTS (SELECT FROM entry) AND NOT EXISTS (SELECT FROM inbox)")
    return bool((await tx.run(query)).scalar_one())


async def forget_messages(tx: Transaction) -> None:
    """Empty the outbox: what a replay books was told when it happened."""
    await tx.run(text("TRUNCATE outbox"))


async def proven(tx: Transaction, table: str) -> AsyncIterator[str]:
    """Yield what the rows of a table of PROVEN say, in order, a few thousand in memory at once."""
    line, held, order = PROVEN[table]
    query = text(f"SELECT {line} FROM {table} WHERE {held} ORDER BY {order}")
    async for line in await tx.session.stream_scalars(query):
        yield str(line)


async def lifetime_total(tx: Transaction) -> int:
    """Return the sum of all balances of all time."""
    query = text("SELECT coalesce(sum(milli_points), 0)::bigint FROM balance WHERE period = 'all'")
    return int((await tx.run(query)).scalar_one())


async def count_ambassadors(tx: Transaction, programme_id: UUID) -> int:
    """Return how many ambassadors of a programme have shared or hold points."""
    return int((await tx.run(_COUNT, {"programme_id": programme_id})).scalar_one())


async def add_or_join(tx: Transaction, row: Simulation) -> Simulation:
    """Insert a simulation unless the same is under way; returns the one that is."""
    await tx.run(insert(Simulation).values(**row.model_dump()).on_conflict_do_nothing())
    query = select(Simulation).where(
        Simulation.programme_id == row.programme_id,
        Simulation.version == row.version,
        Simulation.season == row.season,
        col(Simulation.finished_at).is_(None),
    )
    return (await tx.session.exec(query)).one()


async def count_unfinished(tx: Transaction, programme_id: UUID) -> int:
    """Return how many simulations of a programme are under way."""
    query = select(func.count()).where(Simulation.programme_id == programme_id, col(Simulation.finished_at).is_(None))
    return int((await tx.session.exec(query)).one())


async def find_simulation(tx: Transaction, simulation_id: UUID) -> Simulation | None:
    """Return a simulation."""
    return await tx.session.get(Simulation, simulation_id)


async def claim_simulation(tx: Transaction) -> Simulation | None:
    """Return the oldest simulation that is not finished and that nobody else works on, held until the commit."""
    query = select(Simulation).where(col(Simulation.finished_at).is_(None)).order_by(col(Simulation.requested_at))
    return (await tx.session.exec(query.limit(1).with_for_update(skip_locked=True))).first()


async def keep_outcomes(tx: Transaction, simulation_id: UUID, found: Sequence[Outcome]) -> None:
    """Insert what was found; it is ranked at the end."""
    rows = [
        {"simulation_id": simulation_id, "ambassador_id": one.ambassador_id, "now": one.now, "then": one.then}
        for one in found
    ]
    if rows:
        await tx.run(insert(SimulatedOutcome), rows)


async def finish(tx: Transaction, row: Simulation, *, now: datetime) -> None:
    """Rank all outcomes of a simulation and write what they come to."""
    await tx.run(_RANK, {"id": row.id})
    figures = (await tx.run(_FIGURES, {"id": row.id})).mappings().first()
    for name, value in (figures or {}).items():
        setattr(row, name, value)
    row.finished_at = now


async def outcomes_after(
    tx: Transaction, simulation_id: UUID, who: Who, last: int | None, *, limit: int
) -> Sequence[SimulatedOutcome]:
    """Return ranked outcomes by place, from just after `last`."""
    query = select(SimulatedOutcome).where(
        SimulatedOutcome.simulation_id == simulation_id, col(SimulatedOutcome.place) > (last or 0)
    )
    if who == "gaining":
        query = query.where(col(SimulatedOutcome.then) > col(SimulatedOutcome.now))
    elif who == "losing":
        query = query.where(col(SimulatedOutcome.then) < col(SimulatedOutcome.now))
    return (await tx.session.exec(query.order_by(col(SimulatedOutcome.place)).limit(limit))).all()


async def forget_simulations(tx: Transaction, *, before: datetime) -> None:
    """Delete simulations that were finished before a time, with their outcomes."""
    await tx.run(delete(Simulation).where(col(Simulation.finished_at) < before))
