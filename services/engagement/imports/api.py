"""Routes of imports."""

import csv
from collections.abc import AsyncIterator
from io import StringIO
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime, ValidationError

from libs.auth.errors import ForeignProgramme
from libs.clock import new_id
from libs.events.engagement import Provenance
from libs.problems import FieldError
from libs.process.parts import App, Parts
from libs.web.errors import BodyTooLarge, InvalidCursor, InvalidRequest, UnsupportedMediaType
from libs.web.pages import Cursor, Limit, Page, decode_cursor, id_after, page_of
from libs.web.problems import field_path, problems, reason_of
from libs.web.texts import ONE_LINE
from services.engagement.imports.domain.presets import Preset
from services.engagement.imports.domain.spreadsheet import safe_cell
from services.engagement.imports.domain.states import State
from services.engagement.imports.domain.text import CHARSETS, Encoding
from services.engagement.imports.errors import (
    ImportNotFound,
    ImportNotReady,
    InvalidTable,
    MappingNotFound,
    TooManyImports,
    UnreadableTable,
)
from services.engagement.imports.schemas import ImportOut, MappingBody, MappingOut
from services.engagement.imports.service import receive, steer
from services.engagement.imports.tables import ImportFile
from services.engagement.intake.api import Sender, require_media_type

router = APIRouter(tags=["imports"])
MOST_BYTES = 64 * 1024 * 1024
BODY = {"requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string"}}}}}
CSV: dict[int | str, dict[str, Any]] = {  # Any: OpenAPI
    200: {"content": {"text/csv": {"schema": {"type": "string"}}}, "description": "A CSV file in UTF-8."}
}
MappingName = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class UploadQuery:
    """What is said of a file in the query."""

    def __init__(
        self,
        *,
        preset: Annotated[Preset | None, Query(description="Whose export it is.")] = None,
        mapping: Annotated[str | None, Query(max_length=8192, description="JSON, as saved mappings are.")] = None,
        mapping_name: Annotated[
            str | None, Query(max_length=64, pattern=ONE_LINE, description="A saved mapping instead.")
        ] = None,
        read_at: Annotated[AwareDatetime | None, Query(description="When all its counts were read.")] = None,
        provenance: Annotated[Provenance, Query(description="How the numbers came to be known.")] = "imported",
        encoding: Annotated[Encoding | None, Query(description="Found by its mark, else UTF-8.")] = None,
        name: Annotated[str | None, Query(max_length=200, pattern=ONE_LINE, description="To find it again.")] = None,
        dry_run: Annotated[bool, Query(description="Wait for `:apply` after the check.")] = True,
    ) -> None:
        """Keep the parameters as they are. Raises InvalidRequest when two of them name a mapping."""
        if mapping is not None and mapping_name is not None:
            raise InvalidRequest("two mappings", errors=[FieldError("mapping_name", "give this or mapping")])
        self.preset = preset
        self.mapping = mapping
        self.mapping_name = mapping_name
        self.read_at = read_at
        self.provenance: Provenance = provenance
        self.encoding = encoding
        self.name = name
        self.dry_run = dry_run


@router.post(
    "/programmes/{programme_id}/imports",
    status_code=202,
    operation_id="post_import",
    max_body_size=MOST_BYTES,
    openapi_extra=BODY,
    responses=problems(
        UnreadableTable,
        InvalidRequest,
        BodyTooLarge,
        UnsupportedMediaType,
        InvalidTable,
        MappingNotFound,
        TooManyImports,
        ForeignProgramme,
    ),
)
async def post_import(
    programme_id: UUID, request: Request, by: Sender, app: App, query: Annotated[UploadQuery, Depends()]
) -> ImportOut:
    """Take a CSV file of absolute counts, up to 64 MB: a header row, then one share a row; `,`, `;` or tab.

    Without preset or mapping the columns are `share_id` or `post_url`, `read_at`, and any of `reactions`, `comments`,
    `reshares`, `mentions`, `clicks`, `follows`, `impressions`, `reach`; an empty cell means not known. A time without
    an offset is in the programme's time zone. The file is checked first; `:apply` goes on. Sending it again is safe.
    """
    by.enter(programme_id)
    require_media_type(request, "text/csv")
    upload = receive.Upload(
        programme_id=programme_id,
        name=query.name,
        preset=query.preset,
        mapping=await _mapping(app, programme_id, query),
        encoding=query.encoding or _charset(request),
        provenance=query.provenance,
        dry_run=query.dry_run,
    )
    now = app.clock.now()
    file = await receive.receive(app.db, request.stream(), upload, import_id=new_id(), now=now)
    return ImportOut.of(file, now=now)


@router.get(
    "/programmes/{programme_id}/imports",
    operation_id="list_imports",
    responses=problems(ForeignProgramme, InvalidCursor),
)
async def list_imports(
    programme_id: UUID, by: Sender, app: App, state: State | None = None, limit: Limit = 50, cursor: Cursor = None
) -> Page[ImportOut]:
    """Return a programme's imports of the last 30 days, newest first."""
    by.enter(programme_id)
    before = id_after(cursor)
    async with app.db.transaction() as tx:
        rows = await steer.list_imports(tx, programme_id, state=state, before=before, limit=limit + 1)
    now = app.clock.now()
    return page_of(
        rows, limit, shape=lambda file: ImportOut.of(file, now=now), position=lambda file: [str(file.import_id)]
    )


@router.get("/imports/{import_id}", operation_id="get_import", responses=problems(ImportNotFound))
async def get_import(import_id: UUID, by: Sender, app: App) -> ImportOut:
    """Return how far an import is, what its check has found, and what became of its counts."""
    async with app.db.transaction() as tx:
        file = await steer.get_import(tx, import_id, among=by.programmes)
    return ImportOut.of(file, now=app.clock.now())


@router.post(
    "/imports/{import_id}:apply",
    operation_id="apply_import",
    responses=problems(ImportNotFound, ImportNotReady),
)
async def apply_import(import_id: UUID, by: Sender, app: App) -> ImportOut:
    """Let the valid rows of a checked import be applied; asking again changes nothing."""
    async with app.db.transaction() as tx:
        await steer.get_import(tx, import_id, among=by.programmes)
        file = await steer.apply_import(tx, import_id, now=app.clock.now())
    return ImportOut.of(file, now=app.clock.now())


@router.post(
    "/imports/{import_id}:cancel",
    operation_id="cancel_import",
    responses=problems(ImportNotFound, ImportNotReady),
)
async def cancel_import(import_id: UUID, by: Sender, app: App) -> ImportOut:
    """Stop an import and delete its file; what was applied until then stays."""
    async with app.db.transaction() as tx:
        await steer.get_import(tx, import_id, among=by.programmes)
        file = await steer.cancel_import(tx, import_id, now=app.clock.now())
    return ImportOut.of(file, now=app.clock.now())


@router.get(
    "/imports/{import_id}/rejected",
    operation_id="get_rejected_rows",
    response_class=StreamingResponse,
    responses={**CSV, **problems(ImportNotFound)},
)
async def get_rejected_rows(import_id: UUID, by: Sender, app: App) -> StreamingResponse:
    """Return the refused rows as a CSV file: number, reasons, and the cells as they came, safe for spreadsheets."""
    async with app.db.transaction() as tx:
        file = await steer.get_import(tx, import_id, among=by.programmes)
    headers = {
        "Content-Disposition": f'attachment; filename="rejected-{import_id}.csv"',
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingResponse(_rejected(app, file), media_type="text/csv; charset=utf-8", headers=headers)


@router.put(
    "/programmes/{programme_id}/import-mappings/{name}",
    operation_id="put_import_mapping",
    responses=problems(ForeignProgramme),
)
async def put_import_mapping(
    programme_id: UUID, name: MappingName, body: MappingBody, by: Sender, app: App
) -> MappingOut:
    """Save how the columns of the programme's own files are called, under a name."""
    by.enter(programme_id)
    async with app.db.transaction() as tx:
        return MappingOut.of(await steer.put_mapping(tx, programme_id, name, body, now=app.clock.now()))


@router.get(
    "/programmes/{programme_id}/import-mappings",
    operation_id="list_import_mappings",
    responses=problems(ForeignProgramme, InvalidCursor),
)
async def list_import_mappings(
    programme_id: UUID, by: Sender, app: App, limit: Limit = 50, cursor: Cursor = None
) -> Page[MappingOut]:
    """Return the programme's saved mappings by name."""
    by.enter(programme_id)
    position = decode_cursor(cursor, parts=1)
    async with app.db.transaction() as tx:
        after = str(position[0]) if position else None
        rows = await steer.list_mappings(tx, programme_id, after=after, limit=limit + 1)
    return page_of(rows, limit, shape=MappingOut.of, position=lambda row: [row.name])


@router.delete(
    "/programmes/{programme_id}/import-mappings/{name}",
    status_code=204,
    operation_id="delete_import_mapping",
    responses=problems(MappingNotFound, ForeignProgramme),
)
async def delete_import_mapping(programme_id: UUID, name: MappingName, by: Sender, app: App) -> None:
    """Delete a saved mapping; imports that used it are as they were."""
    by.enter(programme_id)
    async with app.db.transaction() as tx:
        await steer.delete_mapping(tx, programme_id, name)


def _charset(request: Request) -> Encoding | None:
    kind = request.headers.get("content-type", "").lower().partition("charset=")[2]
    name = kind.partition(";")[0].strip(' "')
    if name and name not in CHARSETS:
        raise UnsupportedMediaType(f"send the file in UTF-8, UTF-16 or Latin-1, not {name}")
    return CHARSETS.get(name)


async def _mapping(app: Parts, programme_id: UUID, query: UploadQuery) -> MappingBody:
    mapping = _given(query.mapping) if query.mapping is not None else MappingBody()
    if query.mapping_name is not None:
        async with app.db.transaction() as tx:
            saved = await steer.get_mapping(tx, programme_id, query.mapping_name)
        mapping = MappingBody.model_validate(saved.mapping)
    if query.read_at is None:
        return mapping
    return mapping.model_copy(update={"constants": {**mapping.constants, "read_at": query.read_at.isoformat()}})


def _given(mapping: str) -> MappingBody:
    try:
        return MappingBody.model_validate_json(mapping)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)[:20]
        fields = [FieldError(field_path(("mapping", *fault["loc"])), reason_of(fault)) for fault in faults]
        raise InvalidRequest("the mapping is not valid; see errors", errors=fields) from error


async def _rejected(app: Parts, file: ImportFile) -> AsyncIterator[str]:
    text = StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(["row", "reasons", *(safe_cell(name) for name in file.plan["header"])])
    yield "\ufeff" + text.getvalue()  # the mark lets spreadsheets read UTF-8
    async for rows in steer.rejected_rows(app.db, file.import_id):
        text.seek(0)
        text.truncate()
        for row in rows:
            reasons = "; ".join(f"{name}: {reason}" for name, reason in row.errors)
            writer.writerow([row.number, safe_cell(reasons), *(safe_cell(cell) for cell in row.cells)])
        yield text.getvalue()
