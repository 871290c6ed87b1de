"""Every statement about deliveries."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, text
from sqlmodel import col

from libs.storage.database import Transaction
from services.engagement.webhooks.tables import WebhookDelivery

Delivered = tuple[str, str]  # the network, and the hash of the body

_ADD = text("""
    INSERT INTO webhook_delivery (network, digest, received_at)
    SELECT * FROM unnest(CAST(:networks AS text[]), CAST(:digests AS text[]), CAST(:times AS timestamptz[]))
    ON CONFLICT DO NOTHING RETURNING network, digest
""")


async def add_new(tx: Transaction, deliveries: Mapping[Delivered, datetime]) -> set[Delivered]:
    """Note deliveries, in the order of keys so that workers cannot deadlock; returns those that were not there."""
    keys = sorted(deliveries)
    columns = {
        "networks": [network for network, _ in keys],
        "digests": [digest for _, digest in keys],
        "times": [deliveries[key] for key in keys],
    }
    return {(row["network"], row["digest"]) for row in (await tx.run(_ADD, columns)).mappings()}


async def forget_before(tx: Transaction, before: datetime) -> None:
    """Delete what was noted before a time."""
    await tx.run(delete(WebhookDelivery).where(col(WebhookDelivery.received_at) < before))
