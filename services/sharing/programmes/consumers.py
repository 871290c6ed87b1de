"""What services.sharing does when it hears of content."""

from libs.events.content import ItemPublished, ProgrammeCreated
from libs.storage.database import Transaction
from services.sharing.programmes import service
from services.sharing.programmes.tables import Caption, Item, Programme


async def on_programme_created(tx: Transaction, event: ProgrammeCreated) -> None:
    """Keep the programme's calendar and charter version."""
    programme = Programme(
        id=event.programme_id,
        time_zone=event.time_zone,
        first_day=event.first_day,
        charter_version=event.charter_version,
    )
    await service.remember_programme(tx, programme)


async def on_item_published(tx: Transaction, event: ItemPublished) -> None:
    """Keep the item's captions, which shares of it are compared with, and where its links lead."""
    item = Item(
        id=event.item_id,
        programme_id=event.programme_id,
        campaign_id=event.campaign_id,
        published_at=event.published_at,
        url=event.url,
    )
    captions = [
        Caption(id=told.caption_id, item_id=item.id, network=told.network, language=told.language, text=told.text)
        for told in event.captions
    ]
    await service.remember_item(tx, item, captions)
