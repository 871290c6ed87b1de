"""Every statement about seasons."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from libs.storage.database import Transaction
from services.gamification.seasons.domain import LENGTH
from services.gamification.seasons.tables import SeasonRow, SeasonStanding

_CLAIM = text("""
    SELECT programme_id, season FROM season
    WHERE (state IN ('open', 'frozen') AND ends_at <= :closing) OR (state = 'settled' AND ends_at <= :archiving)
    ORDER BY ends_at, programme_id LIMIT 1 FOR UPDATE SKIP LOCKED
""")
_CHUNK = 1000


async def add_unless_there(tx: Transaction, rows: Sequence[SeasonRow]) -> None:
    """Insert seasons, or leave those that are there."""
    if rows:
        values = [row.model_dump(include={"programme_id", "season", "state", "ends_at"}) for row in rows]
        await tx.run(insert(SeasonRow).on_conflict_do_nothing(), values)


async def claim_due(tx: Transaction, *, grace: timedelta, now: datetime) -> SeasonRow | None:
    """Return the oldest season that is due and that nobody else moves on, held until the commit."""
    parameters = {"closing": now - grace, "archiving": now - grace - LENGTH}
    key = (await tx.run(_CLAIM, parameters)).mappings().first()
    return None if key is None else await find(tx, key["programme_id"], key["season"])


async def find(tx: Transaction, programme_id: UUID, season: str) -> SeasonRow | None:
    """Return a season."""
    return await tx.session.get(SeasonRow, (programme_id, season))


async def of_programme(tx: Transaction, programme_id: UUID) -> Sequence[SeasonRow]:
    """Return the seasons of a programme that have been looked at."""
    return (await tx.session.exec(select(SeasonRow).where(SeasonRow.programme_id == programme_id))).all()


async def save(tx: Transaction, row: SeasonRow) -> None:
    """Keep what has become of a season."""
    tx.session.add(row)
    await tx.session.flush()


async def freeze(tx: Transaction, rows: Sequence[SeasonStanding]) -> None:
    """Insert the standings of a season."""
    for start in range(0, len(rows), _CHUNK):
        await tx.run(insert(SeasonStanding), [row.model_dump() for row in rows[start : start + _CHUNK]])


async def standings_after(
    tx: Transaction, programme_id: UUID, season: str, last: int | None, *, limit: int
) -> Sequence[SeasonStanding]:
    """Return frozen standings in their order, from just after place `last`."""
    query = select(SeasonStanding).where(
        SeasonStanding.programme_id == programme_id,
        SeasonStanding.season == season,
        col(SeasonStanding.place) > (last or 0),
    )
    return (await tx.session.exec(query.order_by(col(SeasonStanding.place)).limit(limit))).all()
