"""Every statement about rules and their activations."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import SQLModel, col, select

from libs.storage.database import Transaction
from services.gamification.rules.tables import RulesActivation, RulesRow


async def add_unless_there(tx: Transaction, row: SQLModel) -> None:
    """Insert a row, or leave the one that is there."""
    await tx.run(insert(type(row)).values(**row.model_dump()).on_conflict_do_nothing())


async def find(tx: Transaction, programme_id: UUID, version: int) -> RulesRow | None:
    """Return a version."""
    query = select(RulesRow).where(RulesRow.programme_id == programme_id, RulesRow.version == version)
    return (await tx.session.exec(query)).first()


async def newest_version(tx: Transaction, programme_id: UUID) -> int | None:
    """Return the highest version number of a programme."""
    query = select(func.max(RulesRow.version)).where(RulesRow.programme_id == programme_id)
    return (await tx.session.exec(query)).one()


async def versions_after(
    tx: Transaction, programme_ids: Collection[UUID], last: int, *, drafts: bool, limit: int
) -> Sequence[RulesRow]:
    """Return the versions of the programmes that follow version `last`, in order."""
    query = select(RulesRow).where(col(RulesRow.programme_id).in_(programme_ids), RulesRow.version > last)
    if not drafts:
        query = query.where(col(RulesRow.activated_at).is_not(None))
    return (await tx.session.exec(query.order_by(col(RulesRow.version)).limit(limit))).all()


async def mark_activated(
    tx: Transaction, row: RulesRow, *, valid_from: date, document: dict[str, Any], now: datetime
) -> None:
    """Make a draft final, valid from a day; what is final stays as it is."""
    await tx.run(
        update(RulesRow)
        .where(
            col(RulesRow.programme_id) == row.programme_id,
            col(RulesRow.version) == row.version,
            col(RulesRow.activated_at).is_(None),
        )
        .values(activated_at=now, valid_from=valid_from, document=document)
    )


async def activations(tx: Transaction, programme_ids: Collection[UUID]) -> Sequence[RulesActivation]:
    """Return the activations of programmes, in the order in which they were decided."""
    query = select(RulesActivation).where(col(RulesActivation.programme_id).in_(programme_ids))
    return (await tx.session.exec(query.order_by(col(RulesActivation.programme_id), col(RulesActivation.number)))).all()


async def used(tx: Transaction, programme_ids: Collection[UUID]) -> Sequence[RulesRow]:
    """Return the versions of programmes that are no drafts."""
    query = select(RulesRow).where(col(RulesRow.programme_id).in_(programme_ids))
    return (await tx.session.exec(query.where(col(RulesRow.activated_at).is_not(None)))).all()


async def claim_correction(tx: Transaction) -> RulesActivation | None:
    """Return a correction that is not finished and that nobody else works on, and hold it until the commit."""
    query = select(RulesActivation).where(col(RulesActivation.finished_at).is_(None))
    query = query.order_by(col(RulesActivation.activated_at)).limit(1).with_for_update(skip_locked=True)
    return (await tx.session.exec(query)).first()


async def note_progress(
    tx: Transaction, row: RulesActivation, *, booked_to: UUID | None, finished_at: datetime | None
) -> None:
    """Keep how far a correction is booked."""
    await tx.run(
        update(RulesActivation)
        .where(col(RulesActivation.programme_id) == row.programme_id, col(RulesActivation.number) == row.number)
        .values(booked_to=booked_to, finished_at=finished_at)
    )
