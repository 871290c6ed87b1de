"""Shares that sharing tells of, seen from what waits for them."""

from collections.abc import Sequence

from libs.bus.delivery import Settle
from libs.clock import Clock
from libs.events.envelope import Event
from libs.events.sharing import SharePublished
from libs.storage.database import Transaction
from services.engagement.quarantine import service
from services.engagement.quarantine.metrics import QuarantineMetrics
from services.engagement.quarantine.service import Appliers
from services.engagement.shares.domain import share_name_of


def settle_with(appliers: Appliers, metrics: QuarantineMetrics, clock: Clock) -> Settle:
    """Return what tries again, in the transaction that has kept new shares, all that waits for these."""

    async def settle(tx: Transaction, events: Sequence[Event]) -> None:
        published = [event for event in events if isinstance(event, SharePublished)]
        if published:
            names = [
                share_name_of(event.programme_id, given, url)
                for event in published
                for given, url in ((event.share_id, None), (None, event.post_url))
                if given or url
            ]
            metrics.tried(await service.retry_of_shares(tx, names, appliers, now=clock.now()))

    return settle
