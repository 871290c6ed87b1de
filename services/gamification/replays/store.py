"""Every statement about who is concerned by rules of a season."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text

from libs.storage.database import Transaction

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
_AFTER = text("""
    SELECT programme_id, period, ambassador_id, milli_points FROM balance
    WHERE milli_points <> 0
      AND (programme_id, period COLLATE "C", ambassador_id) > (:programme_id, :period, :ambassador_id)
    ORDER BY programme_id, period COLLATE "C", ambassador_id LIMIT :limit
""")
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


async def balances_after(tx: Transaction, last: tuple[UUID, str, UUID] | None, *, limit: int) -> Sequence[Any]:
    """Return the next balances that are not 0, in the order of programme, period and ambassador."""
    programme_id, period, ambassador_id = last or (_NOBODY, "", _NOBODY)
    parameters = {"programme_id": programme_id, "period": period, "ambassador_id": ambassador_id, "limit": limit}
    return (await tx.run(_AFTER, parameters)).all()
