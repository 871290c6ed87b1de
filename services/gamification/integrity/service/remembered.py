"""Holds as the log tells them: kept as if they had been decided here, and settled with the evidence that follows.

Neither who decided nor what people answered is in the log, and a hold that was confirmed is one that still holds.
"""

from libs.events.gamification import PointsHeld, PointsReleased
from libs.storage.database import Transaction
from services.gamification.holds import service as holds
from services.gamification.integrity import store
from services.gamification.integrity.domain import State
from services.gamification.integrity.errors import HoldNotFound
from services.gamification.integrity.tables import Hold


async def remember_hold(tx: Transaction, event: PointsHeld) -> None:
    """Keep a hold and its shares."""
    row = Hold(
        id=event.hold_id,
        programme_id=event.programme_id,
        kind=event.kind,
        state=State.HELD.value,
        ambassador_ids=list(event.ambassador_ids),
        share_ids=list(event.share_ids),
        figures=event.figures,
        milli_points=event.milli_points,
        found_at=event.held_at,
        decided_at=event.held_at,
    )
    if await store.add_unless_there(tx, row):
        await holds.hold_back(tx, event.hold_id, dict(zip(event.share_ids, event.author_ids, strict=True)))


async def remember_release(tx: Transaction, event: PointsReleased) -> None:
    """End a hold. Raises HoldNotFound while it has not been told."""
    if (row := await store.find(tx, event.hold_id, lock=True)) is None:
        raise HoldNotFound(f"no hold has the id {event.hold_id}")
    row.state, row.decided_at = State.RELEASED.value, event.released_at
    await store.save(tx, row)
    await holds.give_back(tx, event.hold_id)
