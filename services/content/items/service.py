"""Use cases of items."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from libs.auth.principal import Programmes, within
from libs.events.content import ItemPublished, PublishedCaption
from libs.storage.database import Transaction
from services.content.campaigns.tables import Campaign
from services.content.items import store
from services.content.items.errors import ItemAlreadyPublished, ItemNotFound
from services.content.items.tables import Caption, Item
from services.content.programmes import service as programmes

Found = tuple[Item, Sequence[Caption]]


async def draft_item(
    tx: Transaction, item_id: UUID, *, campaign: Campaign, title: str, url: str | None, captions: Sequence[Caption]
) -> Found:
    """Add a draft to a campaign."""
    row = Item(id=item_id, campaign_id=campaign.id, programme_id=campaign.programme_id, title=title, url=url)
    await store.add(tx, row, captions)
    return row, captions


async def publish_item(tx: Transaction, item_id: UUID, *, among: Programmes, now: datetime) -> Found:
    """Make an item visible to its programme. Raises ItemNotFound, ItemAlreadyPublished."""
    row, captions = await get_item(tx, item_id, among=among, lock=True)
    if row.published_at is not None:
        raise ItemAlreadyPublished(f"since {row.published_at.isoformat()}")
    row.published_at = now
    await store.save(tx, row)
    tx.emit(
        ItemPublished(
            item_id=row.id,
            programme_id=row.programme_id,
            campaign_id=row.campaign_id,
            title=row.title,
            captions=tuple(
                PublishedCaption(caption_id=c.id, network=c.network, language=c.language, text=c.text) for c in captions
            ),
            published_at=now,
            url=row.url,
        ),
        key=str(row.id),
    )
    return row, captions


async def get_item(tx: Transaction, item_id: UUID, *, among: Programmes, lock: bool = False) -> Found:
    """Return an item of the programmes `among` with its captions. Raises ItemNotFound."""
    row = await store.find(tx, item_id, lock=lock)
    if row is None or not within(among, row.programme_id):
        raise ItemNotFound(f"no item has the id {item_id}")
    return row, (await store.captions_of(tx, [item_id]))[item_id]


async def feed(tx: Transaction, programme_id: UUID, *, last: tuple[datetime, UUID] | None, limit: int) -> list[Found]:
    """Return published items of a programme, newest first. Raises ProgrammeNotFound."""
    await programmes.get_programme(tx, programme_id)
    rows = await store.published_before(tx, programme_id, last, limit=limit)
    captions = await store.captions_of(tx, [row.id for row in rows])
    return [(row, captions[row.id]) for row in rows]
