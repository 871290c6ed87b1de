"""Routes of campaigns."""

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
from libs.web.pages import Cursor, Limit, Page, id_after, page_of
from libs.web.problems import problems
from services.content.campaigns import service
from services.content.campaigns.errors import CampaignNotFound
from services.content.campaigns.schemas import CampaignIn, CampaignOut
from services.content.campaigns.tables import Campaign
from services.content.programmes.errors import ProgrammeNotFound

router = APIRouter(tags=["campaigns"])
Editor = Annotated[Principal, Depends(require("content:write"))]
Reader = Annotated[Principal, Depends(require("content:read"))]
FAILURES = problems(ProgrammeNotFound, ForeignProgramme)


@router.post(
    "/programmes/{programme_id}/campaigns",
    status_code=201,
    response_model=CampaignOut,
    operation_id="create_campaign",
    responses=FAILURES,
)
async def create_campaign(programme_id: UUID, body: CampaignIn, by: Editor, once: IdempotentPost, app: App) -> Response:
    """Open a campaign with its objective."""
    by.enter(programme_id)
    async with app.db.transaction() as tx:
        return await once.run(tx, lambda: _create(tx, programme_id, body), clock=app.clock)


async def _create(tx: Transaction, programme_id: UUID, body: CampaignIn) -> CampaignOut:
    row = Campaign(
        id=new_id(),
        programme_id=programme_id,
        name=body.name,
        objective=body.objective.kind,
        kpi=body.objective.kpi,
        target=body.objective.target,
        starts_on=body.starts_on,
        ends_on=body.ends_on,
        captions_locked=body.captions_locked,
    )
    return CampaignOut.of(await service.create_campaign(tx, row))


@router.get("/programmes/{programme_id}/campaigns", operation_id="list_campaigns", responses=FAILURES)
async def list_campaigns(
    programme_id: UUID, by: Reader, app: App, limit: Limit = 50, cursor: Cursor = None
) -> Page[CampaignOut]:
    """List the campaigns of a programme, oldest first."""
    by.enter(programme_id)
    last = id_after(cursor)
    async with app.db.transaction() as tx:
        rows = await service.list_campaigns(tx, programme_id, last=last, limit=limit + 1)
    return page_of(rows, limit, shape=CampaignOut.of, position=lambda row: [str(row.id)])


@router.get("/campaigns/{campaign_id}", operation_id="get_campaign", responses=problems(CampaignNotFound))
async def get_campaign(campaign_id: UUID, by: Reader, app: App) -> CampaignOut:
    """Return a campaign."""
    async with app.db.transaction() as tx:
        row = await service.get_campaign(tx, campaign_id, among=by.programmes)
    return CampaignOut.of(row)
