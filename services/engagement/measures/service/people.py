"""How people take part in a month."""

from datetime import date, datetime
from uuid import UUID

from libs.storage.database import Transaction
from services.engagement.measures.domain.participation import Counted, Month, month_of
from services.engagement.measures.service.facts import calendar_of
from services.engagement.measures.store import people as store


async def participation_of(tx: Transaction, programme_id: UUID, first: date, *, now: datetime) -> tuple[Month, Counted]:
    """Return the counts of the month that begins with `first`. Raises ProgrammeNotFound."""
    month = month_of(first, await calendar_of(tx, programme_id), now=now)
    return month, await store.participation_of(tx, programme_id, month)
