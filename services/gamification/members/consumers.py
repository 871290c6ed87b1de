"""What gamification hears about ambassadors."""

from libs.events.sharing import AmbassadorEnrolled
from libs.storage.database import Transaction
from services.gamification.members import service


async def on_ambassador_enrolled(tx: Transaction, event: AmbassadorEnrolled) -> None:
    """Keep who joined."""
    await service.remember_ambassador(tx, event)
