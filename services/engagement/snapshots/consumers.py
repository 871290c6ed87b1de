"""Counts that this service has accepted itself."""

from libs.events.intake import CountsAccepted
from libs.storage.database import Transaction
from services.engagement.snapshots import service


async def on_counts_accepted(tx: Transaction, event: CountsAccepted) -> None:
    """Keep and tell the readings that are new."""
    await service.apply_counts(tx, event)
