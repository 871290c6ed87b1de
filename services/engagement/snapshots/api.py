"""The route of a share in numbers."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from libs.auth.errors import ForeignProgramme
from libs.auth.principal import Principal
from libs.auth.require import require
from libs.process.parts import App
from libs.web.problems import problems
from services.engagement.shares import service as shares
from services.engagement.shares.errors import ShareNotFound
from services.engagement.snapshots import service
from services.engagement.snapshots.schemas import EngagementOut

router = APIRouter(tags=["shares"])
Reader = Annotated[Principal, Depends(require("engagement:read"))]


@router.get(
    "/shares/{share_id}/engagement",
    operation_id="get_engagement",
    responses=problems(ShareNotFound, ForeignProgramme),
)
async def get_engagement(share_id: UUID, by: Reader, app: App) -> EngagementOut:
    """Return what a share drew: interactions counted one by one, and the latest reported counts."""
    async with app.db.transaction() as tx:
        by.enter((await shares.get_share(tx, share_id)).programme_id)
        found = await service.engagement_of(tx, share_id)
    return EngagementOut.of(share_id, found.counters, found.counts)
