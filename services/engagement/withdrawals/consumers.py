"""What this service has accepted as taken back, applied as one set for each delivered batch of messages."""

from collections.abc import Sequence

from libs.bus.delivery import Settle
from libs.events.envelope import Event
from libs.events.intake import WithdrawalsAccepted
from libs.storage.database import Transaction
from services.engagement.interactions import service as interactions
from services.engagement.interactions.metrics import InteractionMetrics
from services.engagement.interactions.service import Unfollow


async def on_withdrawals_accepted(_tx: Transaction, _event: WithdrawalsAccepted) -> None:
    """Leave the work to `settle_with`: whoever applies is held off once for all messages."""


def settle_with(metrics: InteractionMetrics, *, unfollow: Unfollow) -> Settle:
    """Return what takes back all that the new messages name together, and then lets `unfollow` see it."""

    async def settle(tx: Transaction, events: Sequence[Event]) -> None:
        batches = [event for event in events if isinstance(event, WithdrawalsAccepted)]
        metrics.taken_back(await interactions.withdraw(tx, batches, unfollow=unfollow))

    return settle
