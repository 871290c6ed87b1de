"""What gamification hears that can change points. The ledger settles once for each batch, after these."""

from collections.abc import Sequence

from libs.events.content import ProposalApproved
from libs.events.engagement import CountsReported, InteractionsRecorded, InteractionsWithdrawn
from libs.events.sharing import SharePublished
from libs.storage.database import Transaction
from services.gamification.evidence.service import keeping


async def on_share_published(tx: Transaction, events: Sequence[SharePublished]) -> None:
    """Keep the shares' numbers."""
    await keeping.keep_shares(tx, events)


async def on_proposal_approved(tx: Transaction, event: ProposalApproved) -> None:
    """Keep that a proposal was taken up."""
    await keeping.keep_proposal(tx, event)


async def on_interactions_recorded(tx: Transaction, events: Sequence[InteractionsRecorded]) -> None:
    """Keep what people did."""
    await keeping.keep_interactions(tx, events)


async def on_interactions_withdrawn(_tx: Transaction, _events: Sequence[InteractionsWithdrawn]) -> None:
    """Leave the work to the settlement: only who holds the accounts knows whether a fact was told already."""


async def on_counts_reported(tx: Transaction, events: Sequence[CountsReported]) -> None:
    """Keep what networks counted."""
    await keeping.keep_counts(tx, events)
