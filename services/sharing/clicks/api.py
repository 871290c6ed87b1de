"""Routes of clicks."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from libs.auth.errors import NotYours
from libs.auth.principal import Principal
from libs.auth.require import require
from libs.process.parts import App
from libs.web.problems import problems
from services.sharing.clicks import service
from services.sharing.clicks.schemas import LinkClicksOut
from services.sharing.links import service as links
from services.sharing.links.api import Visitors, check_reader
from services.sharing.links.errors import LinkNotFound

router = APIRouter(tags=["links"])
Reader = Annotated[Principal, Depends(require("sharing:self", "sharing:read"))]


@router.get(
    "/links/{link_id}/clicks",
    operation_id="get_link_clicks",
    responses=problems(LinkNotFound, NotYours),
)
async def get_link_clicks(link_id: UUID, by: Reader, app: App, visitors: Visitors) -> LinkClicksOut:
    """Return how many visits of a link count, and why the others do not."""
    async with app.db.transaction() as tx:
        row = await links.get_link(tx, link_id, among=by.programmes)
        await check_reader(tx, row.ambassador_id, by, app, visitors)
        return LinkClicksOut.of(await service.count_clicks(tx, link_id))
