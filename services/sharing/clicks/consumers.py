"""What services.sharing does when it hears of visits."""

from collections.abc import Sequence

from libs.bus.delivery import Together
from libs.events.gateway import VisitsSeen
from libs.storage.database import Transaction
from services.sharing.clicks import service
from services.sharing.clicks.metrics import ClickMetrics


def on_visits_seen(metrics: ClickMetrics) -> Together:
    """Return what keeps the visits of all events of a batch, and judges them, together."""

    async def keep(tx: Transaction, events: Sequence[VisitsSeen]) -> None:
        await service.keep_visits(tx, [visit for event in events for visit in event.visits], metrics)

    return Together(keep)
