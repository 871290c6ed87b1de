"""Every statement about challenges."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import delete, func, text
from sqlmodel import col, select

from libs.storage.database import Transaction
from libs.storage.tables import any_of
from services.gamification.challenges.domain import Part
from services.gamification.challenges.tables import Challenge, ChallengePart

_PUT_PARTS = text("""
    INSERT INTO challenge_part (challenge_id, ambassador_id, value, completed_at)
    SELECT :challenge, told.* FROM unnest(CAST(:ids AS uuid[]), CAST(:values AS int[]), CAST(:times AS timestamptz[]))
        AS told
    ON CONFLICT (challenge_id, ambassador_id) DO UPDATE SET value = excluded.value, completed_at = excluded.completed_at
""")


async def add(tx: Transaction, row: Challenge) -> None:
    """Insert a challenge."""
    tx.session.add(row)
    await tx.session.flush()


async def find(tx: Transaction, challenge_id: UUID) -> Challenge | None:
    """Return a challenge."""
    return await tx.session.get(Challenge, challenge_id)


async def touched(tx: Transaction, programme_ids: Collection[UUID], first: date, last: date) -> Sequence[Challenge]:
    """Return the challenges of programmes that any of the days belongs to, in the order in which they are held.

    Cancelled ones stay as they are.
    """
    query = select(Challenge).where(
        col(Challenge.programme_id).in_(programme_ids),
        col(Challenge.cancelled_at).is_(None),
        col(Challenge.first_day) <= last,
        col(Challenge.last_day) >= first,
    )
    return (await tx.session.exec(query.order_by(col(Challenge.id)))).all()


async def save(tx: Transaction, row: Challenge) -> None:
    """Write what changed of a challenge."""
    tx.session.add(row)
    await tx.session.flush()


async def hold(tx: Transaction, row: Challenge) -> None:
    """Read a challenge again and keep others from changing it until the commit."""
    await tx.session.refresh(row, with_for_update=True)


async def after(tx: Transaction, programme_id: UUID, last: UUID | None, *, limit: int) -> Sequence[Challenge]:
    """Return challenges of a programme, newest first, from just before `last`."""
    query = select(Challenge).where(Challenge.programme_id == programme_id).order_by(col(Challenge.id).desc())
    if last is not None:
        query = query.where(col(Challenge.id) < last)
    return (await tx.session.exec(query.limit(limit))).all()


async def parts(tx: Transaction, challenge_id: UUID, ambassador_ids: Collection[UUID]) -> dict[UUID, Part]:
    """Return what these ambassadors bring to a challenge."""
    query = select(ChallengePart.ambassador_id, ChallengePart.value, ChallengePart.completed_at).where(
        ChallengePart.challenge_id == challenge_id, col(ChallengePart.ambassador_id) == any_of(ambassador_ids)
    )
    return {row[0]: Part(*row) for row in await tx.session.exec(query)}


async def put_parts(tx: Transaction, challenge_id: UUID, changed: Sequence[Part]) -> None:
    """Hold these parts."""
    await tx.run(
        _PUT_PARTS,
        {
            "challenge": challenge_id,
            "ids": [part.ambassador_id for part in changed],
            "values": [part.value for part in changed],
            "times": [part.completed_at for part in changed],
        },
    )


async def drop_parts(tx: Transaction, challenge_id: UUID) -> None:
    """Delete all that was brought to a challenge."""
    await tx.run(delete(ChallengePart).where(col(ChallengePart.challenge_id) == challenge_id))


async def takers(tx: Transaction, challenge_ids: Collection[UUID]) -> dict[UUID, tuple[int, int]]:
    """Return how many bring anything to each challenge, and how many have completed it alone."""
    query = (
        select(
            ChallengePart.challenge_id,
            func.count().filter(col(ChallengePart.value) > 0),
            func.count(col(ChallengePart.completed_at)),
        )
        .where(col(ChallengePart.challenge_id).in_(challenge_ids))
        .group_by(col(ChallengePart.challenge_id))
    )
    return {row[0]: (row[1], row[2]) for row in await tx.session.exec(query)}
