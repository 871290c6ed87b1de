"""Use cases of ambassadors."""

import json
from collections.abc import Collection, Sequence
from uuid import UUID

from libs.auth.errors import NotYours
from libs.auth.principal import Programmes, within
from libs.events.sharing import AmbassadorEnrolled
from libs.periods import local_day
from libs.problems import FieldError
from libs.storage.database import Transaction
from services.sharing.ambassadors import store
from services.sharing.ambassadors.errors import AlreadyEnrolled, AmbassadorNotFound, CharterOutdated, NotEnrolled
from services.sharing.ambassadors.tables import Ambassador
from services.sharing.programmes import service as programmes
from services.sharing.teams import service as teams

PROFILES = "profiles"


async def enrol(tx: Transaction, row: Ambassador) -> Ambassador:
    """Let a person join. Raises ProgrammeNotFound, CharterOutdated, UnknownTeam, AlreadyEnrolled."""
    programme = await programmes.get_programme(tx, row.programme_id)
    if row.charter_version != programme.charter_version:
        reason = f"version {programme.charter_version} is in force: show it and ask again"
        raise CharterOutdated(reason, errors=[FieldError("charter_version", reason)])
    team = await teams.get_team(tx, row.team_id, row.programme_id)
    if not await store.add(tx, row):
        raise AlreadyEnrolled("GET /me finds the ambassador that you are")
    tx.emit(
        AmbassadorEnrolled(
            ambassador_id=row.id,
            programme_id=row.programme_id,
            team_id=row.team_id,
            subject_key=row.subject_key,
            enrolled_on=local_day(row.enrolled_at, programme.time_zone),
        ),
        key=str(row.id),
    )
    profile = {"name": row.display_name, "team_id": str(team.id), "team": team.name}
    tx.put(PROFILES, str(row.id), json.dumps(profile).encode())
    return row


async def get_ambassador(tx: Transaction, ambassador_id: UUID, *, among: Programmes, lock: bool = False) -> Ambassador:
    """Return an ambassador of the programmes `among`, held against other writers when `lock`.

    Raises AmbassadorNotFound.
    """
    row = await store.find(tx, ambassador_id, lock=lock)
    if row is None or not within(among, row.programme_id):
        raise AmbassadorNotFound(f"no ambassador has the id {ambassador_id}")
    return row


async def get_member(tx: Transaction, programme_id: UUID, subject_key: str) -> Ambassador:
    """Return the ambassador that a subject is in a programme. Raises NotEnrolled."""
    if (row := await store.find_member(tx, programme_id, subject_key)) is None:
        raise NotEnrolled("enrol first: POST /programmes/{programme_id}/ambassadors")
    return row


async def known_among(tx: Transaction, programme_id: UUID, ambassador_ids: Collection[UUID]) -> set[UUID]:
    """Return those of the ids that are ambassadors of a programme."""
    return await store.known_among(tx, programme_id, ambassador_ids)


def check_own(row: Ambassador, subject_key: str) -> None:
    """Let only the ambassador themself pass. Raises NotYours."""
    if row.subject_key != subject_key:
        raise NotYours("only the ambassador themself may do this")


async def list_own(tx: Transaction, subject_key: str, *, among: Programmes) -> list[Ambassador]:
    """Return every ambassador that a subject is, oldest first, in the programmes of `among` (None: in all)."""
    rows = await store.of_subject(tx, subject_key)
    return [row for row in rows if within(among, row.programme_id)]


async def list_ambassadors(
    tx: Transaction, programme_id: UUID, *, last: UUID | None, limit: int
) -> Sequence[Ambassador]:
    """Return the next ambassadors of a programme, oldest first. Raises ProgrammeNotFound."""
    await programmes.get_programme(tx, programme_id)
    return await store.after(tx, programme_id, last, limit=limit)
