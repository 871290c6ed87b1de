"""Clicks that sharing tells of: valid ones become interactions, rejected ones are counted by reason."""

from collections import Counter
from collections.abc import Sequence

from libs.bus.delivery import Settle
from libs.events.envelope import Event
from libs.events.sharing import ClicksRecorded
from libs.storage.database import Transaction
from services.engagement.clicks.domain import accepted_of
from services.engagement.clicks.metrics import ClickMetrics


async def on_clicks_recorded(_tx: Transaction, _event: ClicksRecorded) -> None:
    """Leave the work to `settle_with`: shares are held once for all events, in one order."""


def settle_with(applying: Settle, metrics: ClickMetrics) -> Settle:
    """Return what has `applying` apply the valid clicks of new events."""

    async def settle(tx: Transaction, events: Sequence[Event]) -> None:
        heard = [event for event in events if isinstance(event, ClicksRecorded)]
        accepted = [batch for event in heard if (batch := accepted_of(event))]
        if accepted:
            await applying(tx, accepted)
        metrics.heard(Counter(click.verdict for event in heard for click in event.clicks))

    return settle
