"""Every statement about seasons."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from libs.storage.database import Transaction
from services.gamification.seasons.tables import SeasonRow, SeasonStanding

_CLAIM = text("""
    SELECT programme_id, season, (
        SELECT min(later.ends_at) FROM season AS later
        WHERE later.programme_id = season.programme_id AND later.ends_at > season.ends_at
    ) AS next_ends_at
    FROM season
    WHERE state IN ('open', 'frozen') AND ends_at <= :closing
       OR state = 'settled' AND EXISTS (
        SELECT FROM season AS later
        WHERE later.programme_id = season.programme_id AND later.ends_at > season.ends_at AND later.ends_at <= :closing
    )
    ORDER BY ends_at, programme_id LIMIT 1 FOR UPDATE SKIP LOCKED
""")
# weeks are the only periods that begin with a digit
_BOOKED = text("""
    SELECT min(period) FROM balance WHERE programme_id = :programme_id AND period >= :week AND period < 'A'
""")
_CHUNK = 1000


async def add_unless_there(tx: Transaction, rows: Sequence[SeasonRow]) -> None:
    """Insert seasons, or leave those that are there."""
    if rows:
        values = [row.model_dump(include={"programme_id", "season", "state", "ends_at"}) for row in rows]
        await tx.run(insert(SeasonRow).on_conflict_do_nothing(), values)


async def claim_due(
    tx: Transaction, *, grace: timedelta, now: datetime
) -> tuple[SeasonRow, datetime | None] | tuple[None, None]:
    """Return the oldest season that is due and that nobody else moves on, held until the commit; and the next's end."""
    found = (await tx.run(_CLAIM, {"closing": now - grace})).mappings().first()
    if found is None:
        return None, None
    return await tx.session.get_one(SeasonRow, (found["programme_id"], found["season"])), found["next_ends_at"]


async def first_booked(tx: Transaction, programme_id: UUID, week: str) -> str | None:
    """Return the first week from `week` on in which anybody holds points."""
    found: str | None = (await tx.run(_BOOKED, {"programme_id": programme_id, "week": week})).scalar_one()
    return found


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
