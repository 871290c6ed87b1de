"""Writing an export while it is sent: memory holds one piece, whatever the size of the file."""

import asyncio
from collections.abc import AsyncIterator

from libs.storage.database import Database, Transaction
from services.engagement.exports.domain import COLUMNS, Format, Wanted
from services.engagement.exports.metrics import ExportMetrics
from services.engagement.exports.service.files import file_of
from services.engagement.exports.service.pieces import pieces_of
from services.engagement.measures import service as measures


async def check(tx: Transaction, wanted: Wanted) -> None:
    """Raise ProgrammeNotFound, before the answer has begun."""
    await measures.calendar_of(tx, wanted.programme_id)


async def write(db: Database, wanted: Wanted, form: Format, metrics: ExportMetrics) -> AsyncIterator[bytes]:
    """Return the bytes of the file; a failure on the way cuts it short, so that nobody takes it for whole."""
    file = await asyncio.to_thread(file_of, form, COLUMNS[wanted.export])
    yield file.start()
    async for rows in pieces_of(db, wanted):
        yield await asyncio.to_thread(file.piece, rows)  # some ten thousand rows: off the event loop
        metrics.written(wanted.export, form, len(rows))
    yield file.end()
