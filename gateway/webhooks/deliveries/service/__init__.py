"""Use cases of deliveries: what is queued for whom, what becomes of an attempt, and what is asked for again."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from gateway.webhooks.deliveries import store
from gateway.webhooks.deliveries.domain import Bounds, State
from gateway.webhooks.deliveries.errors import DeliveryNotFound, DeliveryUnderWay
from gateway.webhooks.deliveries.tables import Delivery
from gateway.webhooks.subscriptions import service as subscriptions
from gateway.webhooks.subscriptions.tables import Webhook
from libs.auth.principal import Programmes
from libs.storage.database import Transaction

FORGOTTEN_AT_ONCE = 5_000


async def get(tx: Transaction, delivery_id: UUID, *, among: Programmes, lock: bool = False) -> Delivery:
    """Return a delivery to a webhook of the programmes `among`. Raises DeliveryNotFound."""
    row = await store.find(tx, delivery_id, lock=lock)
    if row is None or not await subscriptions.is_among(tx, row.webhook_id, among):
        raise DeliveryNotFound(f"no delivery has the id {delivery_id}")
    return row


async def listed(
    tx: Transaction, webhook_id: UUID, *, state: State | None, last: UUID | None, limit: int
) -> Sequence[Delivery]:
    """Return deliveries of a webhook, of one state or of all, newest first."""
    return await store.before(tx, webhook_id, last, state=state.value if state else None, limit=limit)


async def retry(tx: Transaction, webhook: Webhook, delivery_id: UUID, *, now: datetime) -> Delivery:
    """Send a delivery of a held webhook now, whatever had become of it, with the whole schedule before it again.

    Who asks knows better than what the endpoint said last. Raises WebhookDisabled, DeliveryNotFound, DeliveryUnderWay.
    """
    subscriptions.require_enabled(webhook)
    row = await get(tx, delivery_id, among=None, lock=True)
    if row.state == State.SENDING:
        raise DeliveryUnderWay("wait until it has ended")
    await subscriptions.end_throttling(tx, webhook)
    row.state, row.tried, row.next_at, row.ended_at = State.WAITING.value, 0, now, None
    await store.save(tx, row)
    return row


async def forget(tx: Transaction, *, bounds: Bounds, now: datetime) -> bool:
    """Forget deliveries that are kept no longer; returns whether there may be more of them."""
    return await store.forget(tx, before=now - bounds.kept, most=FORGOTTEN_AT_ONCE) == FORGOTTEN_AT_ONCE


async def backlog(tx: Transaction, *, now: datetime) -> tuple[int, datetime | None]:
    """Return how many deliveries wait for endpoints that are enabled, and since when the oldest is due."""
    return await store.backlog(tx, now=now)
