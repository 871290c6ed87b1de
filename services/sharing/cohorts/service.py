"""Use cases of cohorts."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from libs.auth.principal import Programmes, within
from libs.events.sharing import CohortFormed
from libs.problems import FieldError
from libs.storage.database import Transaction
from services.sharing.ambassadors import service as ambassadors
from services.sharing.cohorts import store
from services.sharing.cohorts.errors import AlreadyInCohort, CohortNotFound, UnknownAmbassador
from services.sharing.cohorts.tables import Cohort
from services.sharing.programmes import service as programmes

Found = tuple[Cohort, Sequence[UUID]]


async def form_cohort(tx: Transaction, row: Cohort, ambassador_ids: Sequence[UUID]) -> Found:
    """Bring ambassadors of a programme together. Raises ProgrammeNotFound, UnknownAmbassador, AlreadyInCohort."""
    await programmes.get_programme(tx, row.programme_id)
    await store.hold_members(tx, row.programme_id)
    await _check_members(tx, row, ambassador_ids)
    return await _write(tx, row, ambassador_ids)


async def change_members(tx: Transaction, row: Cohort, ambassador_ids: Sequence[UUID], *, now: datetime) -> Found:
    """Replace the members; the same ones again change nothing. The row must be held.

    Raises UnknownAmbassador, AlreadyInCohort.
    """
    await store.hold_members(tx, row.programme_id)
    before = (await store.members_of(tx, [row.id]))[row.id]
    if set(before) == set(ambassador_ids):
        return row, before
    await _check_members(tx, row, ambassador_ids)
    row.version, row.changed_at = row.version + 1, now
    return await _write(tx, row, ambassador_ids)


async def dissolve(tx: Transaction, row: Cohort) -> None:
    """Let its members go, and forget the cohort. The row must be held."""
    await store.hold_members(tx, row.programme_id)
    row.version += 1
    await _write(tx, row, [])
    await store.remove(tx, row)


async def _check_members(tx: Transaction, row: Cohort, ambassador_ids: Sequence[UUID]) -> None:
    known = await ambassadors.known_among(tx, row.programme_id, ambassador_ids)
    if strangers := [
        FieldError(f"ambassador_ids[{place}]", "no ambassador of this programme has this id")
        for place, one in enumerate(ambassador_ids)
        if one not in known
    ]:
        raise UnknownAmbassador(errors=strangers)
    cohorts = await store.cohorts_of(tx, ambassador_ids)
    if taken := [
        FieldError(f"ambassador_ids[{place}]", f"is in the cohort {cohorts[one]}: change that one first")
        for place, one in enumerate(ambassador_ids)
        if cohorts.get(one, row.id) != row.id
    ]:
        raise AlreadyInCohort("an ambassador is in one cohort at a time", errors=taken)


async def _write(tx: Transaction, row: Cohort, ambassador_ids: Sequence[UUID]) -> Found:
    """Keep a cohort with its members, and tell both."""
    members = sorted(ambassador_ids)
    await store.save(tx, row)
    await store.replace_members(tx, row.id, members)
    formed = CohortFormed(
        cohort_id=row.id,
        programme_id=row.programme_id,
        name=row.name,
        ambassador_ids=tuple(members),
        version=row.version,
    )
    tx.emit(formed, key=str(row.id))
    return row, members


async def get_cohort(tx: Transaction, cohort_id: UUID, *, among: Programmes, lock: bool = False) -> Cohort:
    """Return a cohort of the programmes `among`, held against other writers when `lock`. Raises CohortNotFound."""
    row = await store.find(tx, cohort_id, lock=lock)
    if row is None or not within(among, row.programme_id):
        raise CohortNotFound(f"no cohort has the id {cohort_id}")
    return row


async def with_members(tx: Transaction, rows: Sequence[Cohort]) -> list[Found]:
    """Return cohorts with the ids of their members."""
    members = await store.members_of(tx, [row.id for row in rows])
    return [(row, members[row.id]) for row in rows]


async def list_cohorts(
    tx: Transaction, programme_id: UUID, *, member_id: UUID | None, last: UUID | None, limit: int
) -> list[Found]:
    """Return the next cohorts of a programme, oldest first: of one member, where given. Raises ProgrammeNotFound."""
    await programmes.get_programme(tx, programme_id)
    return await with_members(tx, await store.after(tx, programme_id, member_id=member_id, last=last, limit=limit))
