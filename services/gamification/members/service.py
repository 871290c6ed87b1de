"""Use cases of members."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from libs.auth.errors import NotYours
from libs.events.content import ProgrammeCreated
from libs.events.sharing import AmbassadorEnrolled
from libs.storage.database import Transaction
from services.gamification.members import store
from services.gamification.members.domain import Calendar
from services.gamification.members.errors import AmbassadorNotFound, ProgrammeNotFound
from services.gamification.members.tables import Member, MemberProgramme


async def remember_programme(tx: Transaction, event: ProgrammeCreated) -> None:
    """Keep a programme's calendar.

    Whoever settles beside this either waits and then sees the calendar, or has committed and is seen from here on.
    """
    await store.hold_alone(tx, event.programme_id)
    row = MemberProgramme(id=event.programme_id, name=event.name, time_zone=event.time_zone, first_day=event.first_day)
    await store.remember(tx, row)


async def remember_ambassador(tx: Transaction, event: AmbassadorEnrolled) -> None:
    """Keep who an ambassador is."""
    row = Member(
        id=event.ambassador_id,
        programme_id=event.programme_id,
        team_id=event.team_id,
        subject_key=event.subject_key,
        enrolled_on=event.enrolled_on,
    )
    await store.remember(tx, row)


async def get_ambassador(tx: Transaction, ambassador_id: UUID) -> Member:
    """Return an ambassador. Raises AmbassadorNotFound."""
    if (row := await store.find(tx, ambassador_id)) is None:
        raise AmbassadorNotFound(f"no ambassador has the id {ambassador_id}")
    return row


def check_own(row: Member, subject_key: str) -> None:
    """Let only the ambassador themself pass. Raises NotYours."""
    if row.subject_key != subject_key:
        raise NotYours("only the ambassador and, for reading, the programme's managers may do this")


async def own_ambassador(tx: Transaction, programme_id: UUID, subject_key: str) -> Member:
    """Return who a person is in a programme. Raises AmbassadorNotFound."""
    if (row := await store.find_own(tx, programme_id, subject_key)) is None:
        raise AmbassadorNotFound("you have not joined this programme")
    return row


async def ambassadors_of_subject(tx: Transaction, subject_key: str) -> list[Member]:
    """Return who a person is, in each programme that they joined."""
    return await store.of_subject(tx, subject_key)


async def enrolled_since(tx: Transaction, programme_id: UUID, day: date) -> list[UUID]:
    """Return who joined a programme on a day or later."""
    return await store.enrolled_since(tx, programme_id, day)


async def programmes(tx: Transaction) -> list[Calendar]:
    """Return the calendars of all programmes."""
    return [Calendar(row.id, row.time_zone, row.first_day) for row in await store.every_programme(tx)]


async def get_calendar(tx: Transaction, programme_id: UUID) -> Calendar:
    """Return a programme's calendar. Raises ProgrammeNotFound."""
    rows = await store.programmes(tx, [programme_id])
    if not rows:
        raise ProgrammeNotFound(f"no programme has the id {programme_id}")
    return Calendar(rows[0].id, rows[0].time_zone, rows[0].first_day)


async def calendar_alone(tx: Transaction, programme_id: UUID) -> Calendar:
    """Return a programme's calendar; nobody settles in it until the commit. Raises ProgrammeNotFound."""
    await store.hold_alone(tx, programme_id)
    return await get_calendar(tx, programme_id)


async def teams_of(tx: Transaction, ambassador_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Return the team of each ambassador that is known."""
    return await store.teams_of(tx, ambassador_ids)


async def calendars(tx: Transaction, programme_ids: Collection[UUID]) -> dict[UUID, Calendar]:
    """Return the calendars of those programmes that are known, and hold what is known until the commit."""
    await store.hold(tx, programme_ids)
    rows = await store.programmes(tx, programme_ids)
    return {row.id: Calendar(row.id, row.time_zone, row.first_day) for row in rows}
