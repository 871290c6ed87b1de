"""What gamification hears that can change points. The ledger settles once for each batch, after these."""

from libs.events.engagement import CountsReported, InteractionsRecorded
from libs.events.sharing import SharePublished
from libs.storage.database import Transaction
from services.gamification.evidence import service


async def on_share_published(tx: Transaction, event: SharePublished) -> None:
    """Keep the share's numbers."""
    await service.keep_share(tx, event)


async def on_interactions_recorded(tx: Transaction, event: InteractionsRecorded) -> None:
    """Keep what people did."""
    await service.keep_interactions(tx, event)


async def on_counts_reported(tx: Transaction, event: CountsReported) -> None:
    """Keep what networks counted."""
    await service.keep_counts(tx, event)
