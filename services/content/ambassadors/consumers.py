"""What services.content does when it hears of ambassadors."""

from libs.events.sharing import AmbassadorEnrolled
from libs.storage.database import Transaction
from services.content.ambassadors import service
from services.content.ambassadors.tables import Ambassador


async def on_ambassador_enrolled(tx: Transaction, event: AmbassadorEnrolled) -> None:
    """Keep who the ambassador is."""
    row = Ambassador(id=event.ambassador_id, programme_id=event.programme_id, subject_key=event.subject_key)
    await service.remember_ambassador(tx, row)
