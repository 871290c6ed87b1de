"""Every statement about badges."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from libs.storage.database import Transaction
from services.gamification.badges.domain import Definition, LastAward
from services.gamification.badges.tables import Badge, BadgeAward, BadgeRetirement, BadgeWording

_LAST = text("""
    SELECT DISTINCT ON (ambassador_id, key) ambassador_id, key, number, revoked_at IS NULL AS held FROM badge_award
    WHERE ambassador_id = ANY(CAST(:ids AS uuid[])) ORDER BY ambassador_id, key, number DESC
""")
_AWARD = text("""
    INSERT INTO badge_award (ambassador_id, key, number, programme_id, earned_at)
    SELECT told.*, :now FROM unnest(CAST(:ids AS uuid[]), CAST(:keys AS text[]), CAST(:numbers AS int[]),
                                    CAST(:programmes AS uuid[])) AS told
""")
_REVOKE = text("""
    UPDATE badge_award SET revoked_at = :now
    FROM unnest(CAST(:ids AS uuid[]), CAST(:keys AS text[]), CAST(:numbers AS int[])) AS told(who, badge, nth)
    WHERE ambassador_id = told.who AND key = told.badge AND number = told.nth
""")


async def add(tx: Transaction, row: Badge) -> bool:
    """Insert a programme's own badge; false when its key is taken."""
    added = await tx.run(insert(Badge).values(**row.model_dump()).on_conflict_do_nothing().returning(col(Badge.key)))
    return added.first() is not None


async def own(tx: Transaction, programme_ids: Collection[UUID]) -> dict[UUID, list[Definition]]:
    """Return the badges that programmes added, oldest first."""
    found: dict[UUID, list[Definition]] = {programme_id: [] for programme_id in programme_ids}
    query = select(Badge).where(col(Badge.programme_id).in_(programme_ids))
    for row in await tx.session.exec(query.order_by(col(Badge.created_at), col(Badge.key))):
        found[row.programme_id].append(Definition.model_validate(row.document))
    return found


async def awards(tx: Transaction, ambassador_ids: Collection[UUID]) -> Sequence[BadgeAward]:
    """Return all awards of ambassadors, the last of each badge last."""
    query = select(BadgeAward).where(col(BadgeAward.ambassador_id).in_(ambassador_ids))
    return (await tx.session.exec(query.order_by(col(BadgeAward.number)))).all()


async def last_awards(tx: Transaction, ambassador_ids: Collection[UUID]) -> dict[tuple[UUID, str], LastAward]:
    """Return the last award of each badge of many ambassadors, by ambassador and badge."""
    found = await tx.run(_LAST, {"ids": list(ambassador_ids)})
    return {(row.ambassador_id, row.key): LastAward(row.number, row.held) for row in found.all()}


async def award(tx: Transaction, rows: Sequence[BadgeAward]) -> None:
    """Insert awards of one moment."""
    if rows:
        await tx.run(
            _AWARD,
            {
                "ids": [row.ambassador_id for row in rows],
                "keys": [row.key for row in rows],
                "numbers": [row.number for row in rows],
                "programmes": [row.programme_id for row in rows],
                "now": rows[0].earned_at,
            },
        )


async def revoke(tx: Transaction, rows: Sequence[BadgeAward]) -> None:
    """Record that these awards were revoked at one moment."""
    if rows:
        await tx.run(
            _REVOKE,
            {
                "ids": [row.ambassador_id for row in rows],
                "keys": [row.key for row in rows],
                "numbers": [row.number for row in rows],
                "now": rows[0].revoked_at,
            },
        )


async def holders(tx: Transaction, programme_id: UUID) -> dict[str, int]:
    """Return how many hold each badge of a programme."""
    query = (
        select(BadgeAward.key, func.count())
        .where(BadgeAward.programme_id == programme_id, col(BadgeAward.revoked_at).is_(None))
        .group_by(col(BadgeAward.key))
    )
    return dict((await tx.session.exec(query)).all())


async def retirements(tx: Transaction, programme_ids: Collection[UUID]) -> dict[tuple[UUID, str], datetime]:
    """Return when programmes retired badges, by programme and key."""
    query = select(BadgeRetirement).where(col(BadgeRetirement.programme_id).in_(programme_ids))
    return {(row.programme_id, row.key): row.retired_at for row in await tx.session.exec(query)}


async def retire(tx: Transaction, row: BadgeRetirement) -> None:
    """Insert a retirement, or leave the one that is there."""
    await tx.run(insert(BadgeRetirement).values(**row.model_dump()).on_conflict_do_nothing())


async def wordings(tx: Transaction, programme_id: UUID) -> dict[str, BadgeWording]:
    """Return the newest words of those badges of a programme that were given others, by key."""
    query = select(BadgeWording).where(BadgeWording.programme_id == programme_id).order_by(col(BadgeWording.version))
    return {row.key: row for row in await tx.session.exec(query)}


async def reword(tx: Transaction, row: BadgeWording) -> bool:
    """Insert other words for a badge; false when somebody else has just written that version."""
    statement = insert(BadgeWording).values(**row.model_dump()).on_conflict_do_nothing()
    return (await tx.run(statement.returning(col(BadgeWording.version)))).first() is not None
