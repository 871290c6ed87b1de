"""Use cases of recognition: give a spotlight, and suggest whom to give one."""

from collections.abc import Sequence
from uuid import UUID

from libs.events.gamification import SpotlightGiven
from libs.storage.database import Transaction
from services.gamification.ledger import service as ledger
from services.gamification.members import service as members
from services.gamification.members.errors import AmbassadorNotFound
from services.gamification.recognition import store
from services.gamification.recognition.domain import (
    COMPARED_WEEKS,
    Ground,
    Suggestion,
    first_day,
    newcomers_since,
    weeks_until,
)
from services.gamification.recognition.tables import Spotlight

SUGGESTED = 3  # of each ground


async def give_spotlight(tx: Transaction, row: Spotlight) -> Spotlight:
    """Put an ambassador of the programme into the spotlight. Raises AmbassadorNotFound."""
    member = await members.get_ambassador(tx, row.ambassador_id)
    if member.programme_id != row.programme_id:
        raise AmbassadorNotFound(f"no ambassador of this programme has the id {row.ambassador_id}")
    await store.add(tx, row)
    tx.emit(
        SpotlightGiven(
            spotlight_id=row.id,
            programme_id=row.programme_id,
            ambassador_id=row.ambassador_id,
            given_at=row.given_at,
        ),
        key=str(row.ambassador_id),
    )
    return row


async def spotlights(
    tx: Transaction, programme_id: UUID, *, last: store.Place | None, limit: int
) -> Sequence[Spotlight]:
    """Return the spotlights of a programme, newest first."""
    return await store.before(tx, programme_id, last, limit=limit)


async def suggest(tx: Transaction, programme_id: UUID, week: str) -> list[Suggestion]:
    """Return the best three of each ground in a week, from the ledger. Raises NoSuchWeek."""
    monday = first_day(week)
    talkers = await ledger.most_of_a_kind(tx, programme_id, week, "replies", limit=SUGGESTED)
    new = await members.enrolled_since(tx, programme_id, newcomers_since(monday))
    newcomers = await ledger.most_among(tx, programme_id, week, new, limit=SUGGESTED)
    lately, earlier = weeks_until(monday), weeks_until(monday, skip=COMPARED_WEEKS)
    grown = await ledger.most_grown(tx, programme_id, lately, earlier, limit=SUGGESTED)
    return [
        *(Suggestion(Ground.CONVERSATION, who, points) for who, points in talkers),
        *(Suggestion(Ground.NEWCOMER, who, points) for who, points in newcomers),
        *(Suggestion(Ground.IMPROVEMENT, who, points, before) for who, points, before in grown),
    ]
