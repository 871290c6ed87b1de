"""When and where shares were published, and for which campaign."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from libs.storage.database import Transaction
from services.gamification.evidence.store import published as store


@dataclass(frozen=True, slots=True)
class Published:
    """When a share was published, on which network, and for which campaign where it was for one."""

    published_at: datetime
    network: str
    campaign_id: UUID | None


async def published(tx: Transaction, ambassador_ids: Collection[UUID]) -> dict[UUID, Published]:
    """Return that of each share of ambassadors."""
    return {
        row["share_id"]: Published(row["published_at"], row["network"], row["campaign_id"])
        for row in await store.published(tx, ambassador_ids)
    }
