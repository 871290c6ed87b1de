"""What somebody wants to say, and what they say that they have published."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from libs.events.sharing import Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A text for a network, about an item or about none."""

    item_id: UUID | None
    network: Network
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A draft that was published: when (null: now) and where, as its author says."""

    draft: Draft
    published_at: datetime | None
    post_url: str | None
