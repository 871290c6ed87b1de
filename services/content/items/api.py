"""Routes of items."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from libs.auth.errors import ForeignProgramme
from libs.auth.principal import Principal
from libs.auth.require import require
from libs.clock import new_id
from libs.process.parts import App
from libs.storage.database import Transaction
from libs.web.idempotency import IdempotentPost
from libs.web.pages import Cursor, Limit, Page, page_of, time_and_id_after
from libs.web.problems import problems
from services.content.campaigns import service as campaigns
from services.content.campaigns.errors import CampaignNotFound
from services.content.campaigns.tables import Campaign
from services.content.items import service
from services.content.items.errors import ItemAlreadyPublished, ItemNotFound
from services.content.items.schemas import ItemIn, ItemOut
from services.content.items.tables import Caption
from services.content.programmes.errors import ProgrammeNotFound

router = APIRouter(tags=["items"])
Editor = Annotated[Principal, Depends(require("content:write"))]
Reader = Annotated[Principal, Depends(require("content:read"))]


@router.post(
    "/campaigns/{campaign_id}/items",
    status_code=201,
    response_model=ItemOut,
    operation_id="draft_item",
    responses=problems(CampaignNotFound),
)
async def draft_item(campaign_id: UUID, body: ItemIn, by: Editor, once: IdempotentPost, app: App) -> Response:
    """Draft an item with its captions."""
    async with app.db.transaction() as tx:
        campaign = await campaigns.get_campaign(tx, campaign_id, among=by.programmes)
        return await once.run(tx, lambda: _draft(tx, campaign, body), clock=app.clock)


async def _draft(tx: Transaction, campaign: Campaign, body: ItemIn) -> ItemOut:
    item_id = new_id()
    captions = [
        Caption(id=new_id(), item_id=item_id, position=position, **caption.model_dump())
        for position, caption in enumerate(body.captions)
    ]
    url = str(body.url) if body.url else None
    return ItemOut.of(
        await service.draft_item(tx, item_id, campaign=campaign, title=body.title, url=url, captions=captions)
    )


@router.post(
    "/items/{item_id}:publish",
    operation_id="publish_item",
    responses=problems(ItemNotFound, ItemAlreadyPublished),
)
async def publish_item(item_id: UUID, by: Editor, app: App) -> ItemOut:
    """Make an item visible to the programme."""
    async with app.db.transaction() as tx:
        return ItemOut.of(await service.publish_item(tx, item_id, among=by.programmes, now=app.clock.now()))


@router.get("/items/{item_id}", operation_id="get_item", responses=problems(ItemNotFound))
async def get_item(item_id: UUID, by: Reader, app: App) -> ItemOut:
    """Return an item; drafts only to those who may write."""
    async with app.db.transaction() as tx:
        found = await service.get_item(tx, item_id, among=by.programmes)
    if found[0].published_at is None and not by.has("content:write"):
        raise ItemNotFound(f"no item has the id {item_id}")
    return ItemOut.of(found)


@router.get(
    "/programmes/{programme_id}/items",
    operation_id="feed",
    responses=problems(ProgrammeNotFound, ForeignProgramme),
)
async def feed(programme_id: UUID, by: Reader, app: App, limit: Limit = 50, cursor: Cursor = None) -> Page[ItemOut]:
    """List the published items of a programme, newest first."""
    by.enter(programme_id)
    last = time_and_id_after(cursor)
    async with app.db.transaction() as tx:
        found = await service.feed(tx, programme_id, last=last, limit=limit + 1)
    return page_of(
        found,
        limit,
        shape=ItemOut.of,
        position=lambda row: [row[0].published_at.isoformat(), str(row[0].id)],  # type: ignore[union-attr] # the feed holds published items only
    )
