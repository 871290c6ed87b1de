"""Use cases about who is an ambassador."""

from uuid import UUID

from libs.auth.errors import NotYours
from libs.storage.database import Transaction
from services.content.ambassadors import store
from services.content.ambassadors.errors import NotEnrolled
from services.content.ambassadors.tables import Ambassador


async def remember_ambassador(tx: Transaction, row: Ambassador) -> None:
    """Keep an ambassador; it may come before its programme, and told again it changes nothing."""
    await store.add(tx, row)


async def get_member(tx: Transaction, programme_id: UUID, subject_key: str) -> Ambassador:
    """Return the ambassador that a subject is in a programme. Raises NotEnrolled."""
    if (row := await store.find_member(tx, programme_id, subject_key)) is None:
        raise NotEnrolled("enrol first: POST /programmes/{programme_id}/ambassadors; if you just did, try again")
    return row


async def check_own(tx: Transaction, ambassador_id: UUID, subject_key: str) -> None:
    """Let only the ambassador themself pass. Raises NotYours."""
    row = await store.find(tx, ambassador_id)
    if row is None or row.subject_key != subject_key:
        raise NotYours("only the ambassador themself and the programme's managers may read this")
