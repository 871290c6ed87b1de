"""Use cases of recognition: give, withdraw and suggest spotlights, all as people want to appear."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from libs.auth.principal import Programmes, within
from libs.events.gamification import SpotlightGiven, SpotlightWithdrawn
from libs.storage.database import Transaction
from services.gamification.boards import service as boards
from services.gamification.ledger import service as ledger
from services.gamification.members import service as members
from services.gamification.recognition import store
from services.gamification.recognition.domain import (
    COMPARED_WEEKS,
    Appearance,
    Ground,
    Shown,
    Suggestion,
    first_day,
    newcomers_since,
    weeks_until,
)
from services.gamification.recognition.errors import SpotlightNotFound, StaysHidden
from services.gamification.recognition.tables import Spotlight

SUGGESTED = 3  # of each ground
LOOKED_AT = 4  # times as many, at first
Found = TypeVar("Found", bound=tuple[UUID, *tuple[int, ...]])


async def give_spotlight(tx: Transaction, row: Spotlight) -> Shown[Spotlight]:
    """Put an ambassador of the programme into the spotlight. Raises AmbassadorNotFound, StaysHidden."""
    await members.get_ambassador(tx, row.ambassador_id, among=frozenset({row.programme_id}))
    appearance = (await appearances(tx, [row.ambassador_id]))[row.ambassador_id]
    if appearance == "hidden":
        raise StaysHidden("thank them in person")
    await store.save(tx, row)
    tx.emit(
        SpotlightGiven(
            spotlight_id=row.id,
            programme_id=row.programme_id,
            ambassador_id=row.ambassador_id,
            appearance=appearance,
            given_at=row.given_at,
        ),
        key=str(row.ambassador_id),
    )
    return Shown(row, appearance)


async def appearances(tx: Transaction, ambassador_ids: Collection[UUID]) -> dict[UUID, Appearance]:
    """Return how ambassadors want to appear: as on boards."""
    return {who: one.boards for who, one in (await boards.appearances(tx, ambassador_ids)).items()}


async def get_spotlight(tx: Transaction, spotlight_id: UUID, *, among: Programmes) -> Spotlight:
    """Return a spotlight of the programmes `among`, held until the commit. Raises SpotlightNotFound."""
    row = await store.find(tx, spotlight_id)
    if row is None or not within(among, row.programme_id):
        raise SpotlightNotFound(f"no spotlight has the id {spotlight_id}")
    return row


async def withdraw(tx: Transaction, row: Spotlight, *, now: datetime) -> Shown[Spotlight]:
    """Show a spotlight to nobody any more; once more is the same."""
    if row.withdrawn_at is None:
        row.withdrawn_at = now
        await store.save(tx, row)
        event = SpotlightWithdrawn(
            spotlight_id=row.id, programme_id=row.programme_id, ambassador_id=row.ambassador_id, withdrawn_at=now
        )
        tx.emit(event, key=str(row.ambassador_id))
    return Shown(row, (await appearances(tx, [row.ambassador_id]))[row.ambassador_id])


async def spotlights(
    tx: Transaction, programme_id: UUID, *, seen_by: Collection[UUID] | None, last: store.Place | None, limit: int
) -> list[Shown[Spotlight]]:
    """Return the spotlights of a programme, newest first, with how those in them want to appear.

    `seen_by` has who the reader is: of others who are hidden nothing is listed. None sees all.
    """
    found: list[Shown[Spotlight]] = []
    while len(found) < limit:
        rows = await store.before(tx, programme_id, last, limit=limit)
        found += [
            one
            for one in await _as_they_appear(tx, rows)
            if one.appearance != "hidden" or seen_by is None or one.row.ambassador_id in seen_by
        ]
        if len(rows) < limit:
            break
        last = rows[-1].given_at, rows[-1].id
    return found[:limit]


async def _as_they_appear(tx: Transaction, rows: Sequence[Spotlight]) -> list[Shown[Spotlight]]:
    known = await appearances(tx, {row.ambassador_id for row in rows})
    return [Shown(row, known[row.ambassador_id]) for row in rows]


async def suggest(tx: Transaction, programme_id: UUID, week: str) -> list[Shown[Suggestion]]:
    """Return the best three of each ground in a week, from the ledger, without who is hidden. Raises NoSuchWeek."""
    monday = first_day(week)
    new = await members.enrolled_since(tx, programme_id, newcomers_since(monday))
    lately, earlier = weeks_until(monday), weeks_until(monday, skip=COMPARED_WEEKS)

    async def best(ground: Ground, most: Callable[[int], Awaitable[Sequence[Found]]]) -> list[Shown[Suggestion]]:
        return [Shown(Suggestion(ground, *one.row), one.appearance) for one in await _seen(tx, most)]

    return [
        *await best(Ground.CONVERSATION, lambda n: ledger.most_of_a_kind(tx, programme_id, week, "replies", limit=n)),
        *await best(Ground.NEWCOMER, lambda n: ledger.most_among(tx, programme_id, week, new, limit=n)),
        *await best(Ground.IMPROVEMENT, lambda n: ledger.most_grown(tx, programme_id, lately, earlier, limit=n)),
    ]


async def _seen(tx: Transaction, most: Callable[[int], Awaitable[Sequence[Found]]]) -> list[Shown[Found]]:
    """Return the first few who are not hidden, looking further for as long as there are too few."""
    number = SUGGESTED * LOOKED_AT
    while True:
        found = await most(number)
        known = await appearances(tx, {one[0] for one in found})
        seen = [Shown(one, known[one[0]]) for one in found if known[one[0]] != "hidden"]
        if len(seen) >= SUGGESTED or len(found) < number:
            return seen[:SUGGESTED]
        number *= LOOKED_AT
