"""Booking: differences into entries, lines and balances, and each of them told."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from libs.events.gamification import PeriodBalance, PointsAwarded
from libs.storage.database import Transaction
from libs.telemetry.context import current
from services.gamification.ledger import store
from services.gamification.ledger.domain import NO_SHARE, Difference

NewId = Callable[[], UUID]


async def book(
    tx: Transaction, found: Sequence[Difference], *, now: datetime, new_id: NewId, cause: str | None
) -> None:
    """Book the differences and tell each of them."""
    if not found:
        return
    by_id = {new_id(): difference for difference in found}
    context = current()
    led_by = cause or context.causation_id or context.correlation_id
    for booked in await store.book(tx, by_id, cause=led_by, now=now):
        event = awarded(by_id[booked.entry_id], booked, now=now)
        tx.emit(event, key=str(event.ambassador_id))


def awarded(difference: Difference, booked: Any, *, now: datetime) -> PointsAwarded:  # noqa: ANN401 - a row of `book`
    """Return the event of a booked difference; not checked once more, which would be half of what telling it costs."""
    key, calendar = difference.key, difference.calendar
    return PointsAwarded.model_construct(
        None,
        entry_id=booked.entry_id,
        sequence=booked.sequence,
        programme_id=calendar.programme_id,
        ambassador_id=key.ambassador_id,
        share_id=None if key.share_id == NO_SHARE else key.share_id,
        week=key.week,
        season=calendar.season_of_week(key.week),
        kind=difference.line.kind.value,
        rules_version=difference.rules_version,
        before=difference.before,
        after=difference.line.milli_points,
        factors=dict(difference.line.factors),
        balances=tuple(
            PeriodBalance.model_construct(None, period=period, milli_points=milli_points, sequence=sequence)
            for period, milli_points, sequence in zip(booked.periods, booked.amounts, booked.sequences, strict=True)
        ),
        booked_at=now,
    )
