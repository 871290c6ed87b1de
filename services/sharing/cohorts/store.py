"""Every statement about cohorts and their members."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import delete, text
from sqlmodel import col, select

from libs.storage.database import Transaction
from services.sharing.cohorts.tables import Cohort, CohortAmbassador

_WAIT = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


async def hold_members(tx: Transaction, programme_id: UUID) -> None:
    """Let nobody else change who is in which cohort of a programme until the transaction ends."""
    await tx.run(_WAIT, {"name": f"cohorts {programme_id}"})


async def save(tx: Transaction, row: Cohort) -> None:
    """Write a new or changed cohort."""
    tx.session.add(row)
    await tx.session.flush()


async def find(tx: Transaction, cohort_id: UUID, *, lock: bool = False) -> Cohort | None:
    """Return a cohort, read anew and held against other writers when `lock`."""
    return await tx.session.get(Cohort, cohort_id, with_for_update=lock, populate_existing=lock)


async def remove(tx: Transaction, row: Cohort) -> None:
    """Delete a cohort that has no members."""
    await tx.session.delete(row)
    await tx.session.flush()


async def replace_members(tx: Transaction, cohort_id: UUID, ambassador_ids: Collection[UUID]) -> None:
    """Make these the members of a cohort."""
    await tx.run(delete(CohortAmbassador).where(col(CohortAmbassador.cohort_id) == cohort_id))
    tx.session.add_all([CohortAmbassador(ambassador_id=one, cohort_id=cohort_id) for one in ambassador_ids])
    await tx.session.flush()


async def members_of(tx: Transaction, cohort_ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    """Return the ambassadors of cohorts, by id."""
    query = select(CohortAmbassador.cohort_id, CohortAmbassador.ambassador_id).where(
        col(CohortAmbassador.cohort_id).in_(cohort_ids)
    )
    found: dict[UUID, list[UUID]] = {cohort_id: [] for cohort_id in cohort_ids}
    for cohort_id, ambassador_id in (await tx.session.exec(query.order_by(col(CohortAmbassador.ambassador_id)))).all():
        found[cohort_id].append(ambassador_id)
    return found


async def cohorts_of(tx: Transaction, ambassador_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Return the cohort of each of the ambassadors who is in one."""
    query = select(CohortAmbassador.ambassador_id, CohortAmbassador.cohort_id).where(
        col(CohortAmbassador.ambassador_id).in_(ambassador_ids)
    )
    return dict((await tx.session.exec(query)).all())


async def after(
    tx: Transaction, programme_id: UUID, *, member_id: UUID | None, last: UUID | None, limit: int
) -> Sequence[Cohort]:
    """Return the next cohorts of a programme by id: of one member, where given."""
    query = select(Cohort).where(Cohort.programme_id == programme_id)
    if member_id is not None:
        own = select(CohortAmbassador.cohort_id).where(CohortAmbassador.ambassador_id == member_id)
        query = query.where(col(Cohort.id).in_(own))
    if last is not None:
        query = query.where(col(Cohort.id) > last)
    return (await tx.session.exec(query.order_by(col(Cohort.id)).limit(limit))).all()
