"""Use cases of members."""

from collections.abc import Collection
from uuid import UUID

from libs.events.content import ProgrammeCreated
from libs.events.sharing import AmbassadorEnrolled
from libs.storage.database import Transaction
from services.gamification.members import store
from services.gamification.members.domain import Calendar
from services.gamification.members.errors import AmbassadorNotFound
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


async def calendars(tx: Transaction, programme_ids: Collection[UUID]) -> dict[UUID, Calendar]:
    """Return the calendars of those programmes that are known, and hold what is known until the commit."""
    await store.hold(tx, programme_ids)
    rows = await store.programmes(tx, programme_ids)
    return {row.id: Calendar(row.id, row.time_zone, row.first_day) for row in rows}
