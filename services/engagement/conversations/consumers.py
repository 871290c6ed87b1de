"""What sharing tells of ambassadors, kept as far as conversations need it."""

from libs.events.sharing import AmbassadorEnrolled
from libs.storage.database import Transaction
from services.engagement.conversations import service


async def on_ambassador_enrolled(tx: Transaction, event: AmbassadorEnrolled) -> None:
    """Keep whose token may read what is private to the ambassador."""
    await service.remember_ambassador(tx, event)
