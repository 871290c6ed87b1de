"""The statement that finds when and where shares were published, and for which campaign."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import text

from libs.storage.database import Transaction

_PUBLISHED = text("""
    SELECT share_id, published_at, network, campaign_id FROM evidence_share
    WHERE ambassador_id = ANY(CAST(:ids AS uuid[]))
""")


async def published(tx: Transaction, ambassador_ids: Collection[UUID]) -> Iterable[Any]:
    """Return share, time, network and campaign of each share of ambassadors."""
    return (await tx.run(_PUBLISHED, {"ids": list(ambassador_ids)})).mappings()
