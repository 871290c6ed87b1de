"""Every statement about programmes and ambassadors."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import SQLModel, col, select

from libs.storage.database import Transaction
from services.gamification.members.tables import Member, MemberProgramme


async def remember(tx: Transaction, row: SQLModel) -> None:
    """Insert a row unless one of its key is there: what these events tell never changes."""
    await tx.run(insert(type(row)).values(**row.model_dump()).on_conflict_do_nothing())


_HOLD = text("""
    SELECT pg_advisory_xact_lock_shared(hashtextextended(id::text, 0))
    FROM unnest(CAST(:ids AS uuid[])) AS id ORDER BY id
""")
_HOLD_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended(CAST(:id AS text), 0))")


async def hold(tx: Transaction, programme_ids: Collection[UUID]) -> None:
    """Keep the calendars of programmes as they are, there or not, until the commit; many may do so at once."""
    await tx.run(_HOLD, {"ids": list(programme_ids)})


async def hold_alone(tx: Transaction, programme_id: UUID) -> None:
    """Wait until nobody holds the programme's calendar, and hold it alone until the commit."""
    await tx.run(_HOLD_ALONE, {"id": str(programme_id)})


async def find(tx: Transaction, ambassador_id: UUID) -> Member | None:
    """Return an ambassador."""
    return await tx.session.get(Member, ambassador_id)


async def teams_of(tx: Transaction, ambassador_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Return team by ambassador."""
    query = select(Member.id, Member.team_id).where(col(Member.id).in_(ambassador_ids))
    return dict((await tx.session.exec(query)).all())


async def programmes(tx: Transaction, ids: Collection[UUID]) -> list[MemberProgramme]:
    """Return those of the programmes that are known."""
    query = select(MemberProgramme).where(col(MemberProgramme.id).in_(ids))
    return list((await tx.session.exec(query)).all())


async def every_programme(tx: Transaction) -> list[MemberProgramme]:
    """Return all programmes."""
    return list((await tx.session.exec(select(MemberProgramme).order_by(col(MemberProgramme.id)))).all())


async def of_subject(tx: Transaction, subject_key: str) -> list[Member]:
    """Return the ambassadors that a person is."""
    query = select(Member).where(Member.subject_key == subject_key).order_by(col(Member.id))
    return list((await tx.session.exec(query)).all())


async def find_own(tx: Transaction, programme_id: UUID, subject_key: str) -> Member | None:
    """Return who a person is in a programme: the newest, where they joined more than once."""
    query = (
        select(Member)
        .where(Member.subject_key == subject_key, Member.programme_id == programme_id)
        .order_by(col(Member.enrolled_on).desc(), col(Member.id).desc())
        .limit(1)
    )
    return (await tx.session.exec(query)).first()


async def enrolled_since(tx: Transaction, programme_id: UUID, day: date) -> list[UUID]:
    """Return the ids of who joined on a day or later."""
    query = select(Member.id).where(Member.programme_id == programme_id, col(Member.enrolled_on) >= day)
    return list((await tx.session.exec(query)).all())
