"""The route of exports."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime

from libs.auth.errors import ForeignProgramme
from libs.auth.principal import Principal
from libs.auth.require import require
from libs.problems import FieldError
from libs.process.parts import App
from libs.web.errors import InvalidRequest
from libs.web.problems import problems
from services.engagement.exports import service
from services.engagement.exports.domain import FIRST_TIME, LAST_TIME, Export, Format, Wanted
from services.engagement.exports.metrics import ExportMetrics
from services.engagement.measures.errors import ProgrammeNotFound

router = APIRouter(tags=["exports"])
Reader = Annotated[Principal, Depends(require("engagement:read"))]
Since = Annotated[AwareDatetime | None, Query(description="Rows from this time on.")]
Until = Annotated[AwareDatetime | None, Query(description="Rows before this time.")]
FILE: dict[int | str, dict[str, object]] = {
    200: {"description": "The file.", "content": {"text/csv": {}, service.MEDIA_TYPES["parquet"]: {}}}
}


async def _metrics(request: Request) -> ExportMetrics:
    metrics: ExportMetrics = request.app.state.export_metrics
    return metrics


@router.get(
    "/programmes/{programme_id}/exports/{export}",
    operation_id="export",
    response_class=StreamingResponse,
    responses={**problems(ProgrammeNotFound, ForeignProgramme), **FILE},
)
async def write_export(
    programme_id: UUID,
    export: Export,
    by: Reader,
    app: App,
    metrics: Annotated[ExportMetrics, Depends(_metrics)],
    file_format: Annotated[Format, Query(alias="format")] = "csv",
    since: Since = None,
    until: Until = None,
) -> StreamingResponse:
    """Return facts or numbers of a programme as a file, in the order of shares; people and things by opaque ids."""
    by.enter(programme_id)
    wanted = Wanted(
        programme_id=programme_id,
        export=export,
        since=_known("since", since, FIRST_TIME),
        until=_known("until", until, LAST_TIME),
    )
    async with app.db.transaction() as tx:
        await service.check(tx, wanted)
    return StreamingResponse(
        service.write(app.db, wanted, file_format, metrics),
        media_type=service.MEDIA_TYPES[file_format],
        headers={"Content-Disposition": f'attachment; filename="{export}.{file_format}"'},
    )


def _known(field: str, at: datetime | None, otherwise: datetime) -> datetime:
    """Return a time that a calendar of all zones holds. Raises InvalidRequest."""
    if at is None:
        return otherwise
    if not 2000 <= at.year < 2100:
        raise InvalidRequest(f"{field} lies outside this century", errors=[FieldError(field, "is of another century")])
    return at.astimezone(UTC)
