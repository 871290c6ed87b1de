"""What networks have sent, read together with what other doors have accepted."""

from collections.abc import Sequence

from libs.auth.person_keys import PersonKeys
from libs.bus.delivery import Settle
from libs.events.envelope import Event
from libs.events.intake import WebhookReceived
from libs.storage.database import Transaction
from services.engagement.webhooks import service
from services.engagement.webhooks.metrics import WebhookMetrics


async def on_webhook_received(_tx: Transaction, _event: WebhookReceived) -> None:
    """Leave the work to `settle_with`: shares are held once for all messages, in one order."""


def settle_with(applying: Settle, metrics: WebhookMetrics, people: PersonKeys) -> Settle:
    """Return what reads the new deliveries, and then has `applying` apply them with all that is new beside them."""

    async def settle(tx: Transaction, events: Sequence[Event]) -> None:
        received = [event for event in events if isinstance(event, WebhookReceived)]
        read: Sequence[Event] = ()
        if received:
            read, outcomes = await service.read(tx, received, people=people)
            metrics.read(outcomes)
        await applying(tx, [*events, *read])

    return settle
