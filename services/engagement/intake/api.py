"""Routes of receipts, and what both doors share."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from libs.auth.errors import ForeignProgramme
from libs.auth.principal import Principal
from libs.auth.require import require
from libs.process.parts import App
from libs.web.errors import UnsupportedMediaType
from libs.web.problems import problems
from services.engagement.intake import service
from services.engagement.intake.errors import ReceiptNotFound
from services.engagement.intake.metrics import DoorMetrics
from services.engagement.intake.schemas import ReceiptOut

router = APIRouter(tags=["intake"])
Sender = Annotated[Principal, Depends(require("engagement:write"))]


async def _door_metrics(request: Request) -> DoorMetrics:
    metrics: DoorMetrics = request.app.state.door_metrics
    return metrics


Doors = Annotated[DoorMetrics, Depends(_door_metrics)]


@router.get("/receipts/{receipt_id}", operation_id="get_receipt", responses=problems(ReceiptNotFound, ForeignProgramme))
async def get_receipt(receipt_id: UUID, by: Sender, app: App) -> ReceiptOut:
    """Return what became of a request that was answered 202; pending until all of it has been applied."""
    async with app.db.transaction() as tx:
        found = await service.get_receipt(tx, receipt_id, now=app.clock.now())
    if found is not None:
        by.enter(found.programme_id)
    return ReceiptOut.of(receipt_id, found)


def require_media_type(request: Request, kind: str) -> None:
    """Raise UnsupportedMediaType unless the body says that it is of this kind; parameters are free."""
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given != kind:
        raise UnsupportedMediaType(f"send the body as {kind}")
