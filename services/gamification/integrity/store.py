"""Every statement about holds and limits."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, cast, func, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import SQLModel, col, select

from libs.storage.database import Transaction
from services.gamification.integrity.tables import Hold, HoldAnswer, Integrity, IntegrityLimits

Place = tuple[datetime, UUID]

_CLAIM = text("SELECT pg_try_advisory_xact_lock(hashtextextended('integrity:' || CAST(:id AS text), 0))")


async def claim(tx: Transaction, programme_id: UUID) -> bool:
    """Take a programme's inspection until the commit; false when somebody else has it."""
    return bool((await tx.run(_CLAIM, {"id": str(programme_id)})).scalar_one())


async def settings_of(tx: Transaction, programme_id: UUID) -> Integrity | None:
    """Return a programme's row."""
    return await tx.session.get(Integrity, programme_id, populate_existing=True)


async def set_automatic(tx: Transaction, programme_id: UUID, *, hold_automatically: bool) -> None:
    """Write a programme's choice."""
    row = insert(Integrity).values(programme_id=programme_id, hold_automatically=hold_automatically)
    changed = {"hold_automatically": hold_automatically}
    await tx.run(row.on_conflict_do_update(index_elements=["programme_id"], set_=changed))


async def set_inspected(tx: Transaction, programme_id: UUID, day: date) -> None:
    """Write the day of a programme's last inspection."""
    row = insert(Integrity).values(programme_id=programme_id, hold_automatically=True, inspected_on=day)
    await tx.run(row.on_conflict_do_update(index_elements=["programme_id"], set_={"inspected_on": day}))


async def add_unless_there(tx: Transaction, row: Hold) -> bool:
    """Insert a hold; false when it is there already."""
    statement = insert(Hold).values(**row.model_dump()).on_conflict_do_nothing().returning(col(Hold.id))
    return (await tx.run(statement)).first() is not None


async def save(tx: Transaction, row: SQLModel) -> None:
    """Write what changed of a row."""
    tx.session.add(row)
    await tx.session.flush()


async def find(tx: Transaction, hold_id: UUID, *, lock: bool = False) -> Hold | None:
    """Return a hold; locked, nobody else decides on it until the commit."""
    return await tx.session.get(Hold, hold_id, with_for_update=lock or None, populate_existing=lock)


async def next_in(tx: Transaction, state: str) -> Hold | None:
    """Return and lock a hold in this state that nobody else is at."""
    query = select(Hold).where(Hold.state == state).order_by(col(Hold.found_at)).limit(1)
    return (await tx.session.exec(query.with_for_update(skip_locked=True))).first()


async def shares_found(tx: Transaction, programme_id: UUID, kind: str) -> set[UUID]:
    """Return the shares that findings of a kind have named before, whatever became of them."""
    query = select(func.unnest(Hold.share_ids)).where(Hold.programme_id == programme_id, Hold.kind == kind)
    return set((await tx.session.exec(query)).all())


async def groups_found(tx: Transaction, programme_id: UUID, kind: str, since: datetime) -> list[list[UUID]]:
    """Return the groups that findings of a kind have named since then."""
    query = select(Hold.ambassador_ids).where(
        Hold.programme_id == programme_id, Hold.kind == kind, Hold.found_at >= since
    )
    return [list(group) for group in (await tx.session.exec(query)).all()]


async def holds_in(
    tx: Transaction, programme_id: UUID, state: str | None, last: Place | None, *, limit: int
) -> Sequence[Hold]:
    """Return holds of a programme, of one state or of all, newest first, from just before `last` (time, id)."""
    query = select(Hold).where(Hold.programme_id == programme_id)
    if state:
        query = query.where(Hold.state == state)
    if last:
        query = query.where(tuple_(col(Hold.found_at), col(Hold.id)) < last)
    return (await tx.session.exec(query.order_by(col(Hold.found_at).desc(), col(Hold.id).desc()).limit(limit))).all()


async def holds_about(
    tx: Transaction, ambassador_ids: Sequence[UUID], states: Collection[str], last: Place | None, *, limit: int
) -> Sequence[Hold]:
    """Return holds in these states that concern any of the ambassadors, newest first, from just before `last`."""
    wanted = cast(list(ambassador_ids), ARRAY(Uuid))
    query = select(Hold).where(col(Hold.ambassador_ids).op("&&")(wanted), col(Hold.state).in_(states))
    if last:
        query = query.where(tuple_(col(Hold.found_at), col(Hold.id)) < last)
    return (await tx.session.exec(query.order_by(col(Hold.found_at).desc(), col(Hold.id).desc()).limit(limit))).all()


async def keep_answer(tx: Transaction, row: HoldAnswer) -> None:
    """Write an ambassador's answer over an earlier one."""
    changed = {"text": row.text, "answered_at": row.answered_at}
    statement = insert(HoldAnswer).values(**row.model_dump())
    await tx.run(statement.on_conflict_do_update(index_elements=["hold_id", "ambassador_id"], set_=changed))


async def answers_to(tx: Transaction, hold_ids: Collection[UUID]) -> Sequence[HoldAnswer]:
    """Return the answers to holds."""
    query = select(HoldAnswer).where(col(HoldAnswer.hold_id).in_(hold_ids)).order_by(col(HoldAnswer.answered_at))
    return (await tx.session.exec(query)).all()


async def limits(tx: Transaction, programme_id: UUID, version: int | None = None) -> IntegrityLimits | None:
    """Return a version of a programme's own limits; without `version` the newest."""
    query = select(IntegrityLimits).where(IntegrityLimits.programme_id == programme_id)
    if version is not None:
        query = query.where(IntegrityLimits.version == version)
    return (await tx.session.exec(query.order_by(col(IntegrityLimits.version).desc()).limit(1))).first()


async def add_limits(tx: Transaction, row: IntegrityLimits) -> bool:
    """Insert a version of limits; false when somebody else has just set it."""
    statement = insert(IntegrityLimits).values(**row.model_dump()).on_conflict_do_nothing()
    return (await tx.run(statement.returning(col(IntegrityLimits.version)))).first() is not None
