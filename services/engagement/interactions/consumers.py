"""What this service has accepted itself, applied as one set for each delivered batch of messages."""

import time
from collections.abc import Sequence

from libs.auth.person_keys import PersonKeys
from libs.bus.delivery import Settle
from libs.events.envelope import Event
from libs.events.intake import InteractionsAccepted
from libs.storage.database import Transaction
from services.engagement.interactions import service
from services.engagement.interactions.metrics import InteractionMetrics
from services.engagement.interactions.service import Follow


async def on_interactions_accepted(_tx: Transaction, _event: InteractionsAccepted) -> None:
    """Leave the work to `settle_with`: one statement for many messages is many times cheaper than one for each."""


def settle_with(metrics: InteractionMetrics, people: PersonKeys, *, follow: Follow | None = None) -> Settle:
    """Return what applies all interactions of the new messages together, and then lets `follow` see them."""

    async def settle(tx: Transaction, events: Sequence[Event]) -> None:
        batches = [event for event in events if isinstance(event, InteractionsAccepted)]
        if batches:
            started = time.perf_counter()
            outcomes = await service.apply_accepted(tx, batches, people=people, follow=follow)
            metrics.applied(outcomes, seconds=time.perf_counter() - started)

    return settle
