"""Which webhook hears which fact, and the delivery that comes of it."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from gateway.webhooks.deliveries.domain import Fact
from gateway.webhooks.deliveries.domain.body import body_of
from gateway.webhooks.subscriptions.domain.events import matches, programme_of
from gateway.webhooks.subscriptions.tables import Webhook

NewId = Callable[[], UUID]
Pair = tuple[Webhook, Fact]


def hears(webhook: Webhook, fact: Fact) -> bool:
    """Whether a webhook asked for such an event of its programme."""
    return (
        fact.event.type in webhook.event_types
        and programme_of(fact.event) == webhook.programme_id
        and matches(webhook.filters, fact.event)
    )


def rows_of(pairs: Iterable[Pair], new_id: NewId) -> list[Mapping[str, Any]]:
    """Return the deliveries of facts for webhooks, as the store takes them."""
    return [_row(new_id(), webhook, fact) for webhook, fact in pairs]


def _row(delivery_id: UUID, webhook: Webhook, fact: Fact) -> Mapping[str, Any]:
    return {
        "id": delivery_id,
        "webhook_id": webhook.id,
        "event_id": fact.id,
        "event_type": fact.event.type,
        "body": body_of(fact.raw, delivery_id),
        "sequence": fact.sequence,
    }
