"""Receiving a file: it is decoded and stored as it comes, so that no more of it than a piece is ever in memory."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from libs.events.engagement import Provenance
from libs.storage.database import Database, Transaction
from services.engagement.imports import store
from services.engagement.imports.domain.columns import Header, find_header, wanted_of
from services.engagement.imports.domain.presets import THOUSANDS, Preset
from services.engagement.imports.domain.rows import Plan
from services.engagement.imports.domain.states import MOST_UNFINISHED
from services.engagement.imports.domain.text import Encoding, Transcoder, codec_of
from services.engagement.imports.errors import ImportNotFound, InvalidTable, TooManyImports
from services.engagement.imports.schemas import MappingBody
from services.engagement.imports.tables import ImportFile
from services.engagement.shares import service as shares

HEAD_BYTES = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """What is said of a file beside its body."""

    programme_id: UUID
    name: str | None
    preset: Preset | None
    mapping: MappingBody
    encoding: Encoding | None
    provenance: Provenance
    dry_run: bool


async def receive(
    db: Database, pieces: AsyncIterator[bytes], upload: Upload, *, import_id: UUID, now: datetime
) -> ImportFile:
    """Store a file and return the import that waits for a worker. Raises UnreadableTable, InvalidTable, TooManyImports.

    One short transaction for each piece: a slow sender holds no connection. A file that breaks off is forgotten.
    """
    head, ended = await _head(pieces)
    transcoder = Transcoder(codec_of(head, upload.encoding))
    begun = transcoder.feed(head, last=ended)
    header = _header(begun, upload, last=ended)
    async with db.transaction() as tx:
        await _begin(tx, upload, header, import_id=import_id, now=now)
    try:
        size = await _store(db, import_id, _text(begun, pieces, transcoder, ended=ended))
    except Exception:  # whatever broke it off: what came of it is of no use
        async with db.transaction() as tx:
            await store.forget_one(tx, import_id)
        raise
    async with db.transaction() as tx:
        file = await store.hold(tx, import_id)
        if file is None:
            raise ImportNotFound("the file took so long to come that it was forgotten; send it again")
        file.state, file.size = "uploaded", size
    return file


async def _head(pieces: AsyncIterator[bytes]) -> tuple[bytes, bool]:
    """Return the first bytes, and whether they are all."""
    head = b""
    async for piece in pieces:
        head += piece
        if len(head) >= HEAD_BYTES:
            return head, False
    return head, True


def _header(begun: bytes, upload: Upload, *, last: bool) -> Header:
    mapping = upload.mapping
    wanted = wanted_of(upload.preset, mapping.columns, mapping.constants)
    header = find_header(begun, wanted, delimiter=mapping.delimiter, last=last)
    if last and not begun[header.end :].strip():
        raise InvalidTable("there is no row below the header")
    return header


async def _begin(tx: Transaction, upload: Upload, header: Header, *, import_id: UUID, now: datetime) -> None:
    await store.hold_programme(tx, upload.programme_id)
    if await store.unfinished(tx, upload.programme_id) >= MOST_UNFINISHED:
        raise TooManyImports(
            f"{MOST_UNFINISHED} imports of this programme are unfinished; apply or cancel some", retry_after=60
        )
    mapping = upload.mapping
    plan = Plan(
        delimiter=header.delimiter,
        header=header.names,
        places=header.places,
        constants=mapping.constants,
        date_format=mapping.date_format,
        decimal=mapping.decimal,
        thousands=mapping.thousands if mapping.thousands is not None else THOUSANDS if upload.preset else "",
        time_zone=await shares.time_zone_of(tx, upload.programme_id),
        provenance=upload.provenance,
        uploaded_at=now.isoformat(),
    )
    file = ImportFile(
        import_id=import_id,
        programme_id=upload.programme_id,
        name=upload.name,
        state="uploading",
        dry_run=upload.dry_run,
        preset=upload.preset,
        provenance=upload.provenance,
        plan=plan.stored(),
        data_at=header.end,
        position=header.end,
        uploaded_at=now,
        worked_at=now,
    )
    await store.add_file(tx, file)


async def _text(
    begun: bytes, pieces: AsyncIterator[bytes], transcoder: Transcoder, *, ended: bool
) -> AsyncIterator[bytes]:
    """Yield the file in UTF-8 as it comes."""
    yield begun
    if not ended:
        async for piece in pieces:
            yield transcoder.feed(piece)
        yield transcoder.feed(b"", last=True)


async def _store(db: Database, import_id: UUID, text: AsyncIterator[bytes]) -> int:
    """Write the text in chunks of one size; returns how many bytes it has."""
    waiting, number = bytearray(), 0
    async for piece in text:
        waiting += piece
        while len(waiting) >= store.CHUNK_BYTES:
            async with db.transaction() as tx:
                await store.add_chunk(tx, import_id, number, bytes(waiting[: store.CHUNK_BYTES]))
            del waiting[: store.CHUNK_BYTES]
            number += 1
    async with db.transaction() as tx:
        await store.add_chunk(tx, import_id, number, bytes(waiting))
    return number * store.CHUNK_BYTES + len(waiting)
