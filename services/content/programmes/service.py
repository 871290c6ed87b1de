"""Use cases of programmes."""

from datetime import date, datetime
from uuid import UUID

from libs.events.content import ProgrammeCreated
from libs.storage.database import Transaction
from services.content.programmes import store
from services.content.programmes.errors import ProgrammeNotFound
from services.content.programmes.tables import Programme

FIRST_CHARTER = 1


async def create_programme(
    tx: Transaction, programme_id: UUID, *, name: str, time_zone: str, first_day: date, charter_text: str, now: datetime
) -> Programme:
    """Open a programme with the first version of its charter."""
    row = Programme(
        id=programme_id,
        name=name,
        time_zone=time_zone,
        first_day=first_day,
        charter_version=FIRST_CHARTER,
        charter_text=charter_text,
        created_at=now,
    )
    await store.add(tx, row)
    tx.emit(
        ProgrammeCreated(
            programme_id=row.id,
            name=name,
            time_zone=time_zone,
            first_day=first_day,
            charter_version=FIRST_CHARTER,
        ),
        key=str(row.id),
    )
    return row


async def get_programme(tx: Transaction, programme_id: UUID) -> Programme:
    """Return a programme. Raises ProgrammeNotFound."""
    if (row := await store.find(tx, programme_id)) is None:
        raise ProgrammeNotFound(f"no programme has the id {programme_id}")
    return row
