"""Every statement about imports, their text, their refused rows and saved mappings."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlmodel import col, select

from libs.storage.database import Transaction
from services.engagement.imports.domain.states import UNFINISHED, WORKED, State
from services.engagement.imports.tables import ImportChunk, ImportFile, ImportMapping, ImportRejected

CHUNK_BYTES = 262_144
_REJECT = text("""
    INSERT INTO import_rejected (import_id, number, cells, errors)
    SELECT :import_id, n.number, n.cells::jsonb, n.errors::jsonb
    FROM unnest(CAST(:numbers AS int[]), CAST(:cells AS text[]), CAST(:errors AS text[])) AS n(number, cells, errors)
""")


async def hold_programme(tx: Transaction, programme_id: UUID) -> None:
    """Let no other transaction count a programme's imports until this one ends."""
    await tx.run(text("SELECT pg_advisory_xact_lock(hashtextextended('imports' || :id, 0))"), {"id": str(programme_id)})


async def unfinished(tx: Transaction, programme_id: UUID) -> int:
    """Return how many imports of a programme are not finished."""
    query = select(func.count()).where(ImportFile.programme_id == programme_id, col(ImportFile.state).in_(UNFINISHED))
    return (await tx.session.exec(query)).one()


async def add_file(tx: Transaction, file: ImportFile) -> None:
    """Insert an import."""
    tx.session.add(file)
    await tx.session.flush()


async def find(tx: Transaction, import_id: UUID) -> ImportFile | None:
    """Return an import whose file has come whole."""
    file = await tx.session.get(ImportFile, import_id)
    return file if file and file.state != "uploading" else None


async def hold(tx: Transaction, import_id: UUID) -> ImportFile | None:
    """Return an import and hold it: what is changed of it is written with the transaction."""
    return await tx.session.get(ImportFile, import_id, with_for_update=True)


async def claim(tx: Transaction) -> ImportFile | None:
    """Hold and return the import that a worker looked at longest ago and that nobody holds; None where none waits."""
    query = select(ImportFile).where(col(ImportFile.state).in_(WORKED)).order_by(col(ImportFile.worked_at)).limit(1)
    return (await tx.session.exec(query.with_for_update(skip_locked=True))).first()


async def listed(
    tx: Transaction, programme_id: UUID, *, state: State | None, before: UUID | None, limit: int
) -> Sequence[ImportFile]:
    """Return imports of a programme whose files have come whole, newest first."""
    query = select(ImportFile).where(ImportFile.programme_id == programme_id, ImportFile.state != "uploading")
    if state is not None:
        query = query.where(ImportFile.state == state)
    if before is not None:
        query = query.where(col(ImportFile.import_id) < before)
    return (await tx.session.exec(query.order_by(col(ImportFile.import_id).desc()).limit(limit))).all()


async def add_chunk(tx: Transaction, import_id: UUID, number: int, body: bytes) -> None:
    """Insert a piece of the text."""
    await tx.run(insert(ImportChunk).values(import_id=import_id, number=number, body=body))


async def read_text(tx: Transaction, import_id: UUID, *, at: int, size: int) -> bytes:
    """Return at most `size` bytes of the text from a place on."""
    first, last = at // CHUNK_BYTES, (at + size - 1) // CHUNK_BYTES
    query = select(ImportChunk.body).where(
        ImportChunk.import_id == import_id, col(ImportChunk.number).between(first, last)
    )
    pieces = (await tx.session.exec(query.order_by(col(ImportChunk.number)))).all()
    begin = at - first * CHUNK_BYTES
    return b"".join(pieces)[begin : begin + size]


async def delete_text(tx: Transaction, import_id: UUID) -> None:
    """Delete the text."""
    await tx.run(delete(ImportChunk).where(col(ImportChunk.import_id) == import_id))


async def add_rejected(
    tx: Transaction, import_id: UUID, rows: Sequence[tuple[int, Sequence[str], Sequence[Sequence[str]]]]
) -> None:
    """Insert refused rows: number, cells, and pairs of field and reason."""
    columns: dict[str, Any] = {  # Any: each array has its own type
        "import_id": import_id,
        "numbers": [number for number, _, _ in rows],
        "cells": [json.dumps(cells) for _, cells, _ in rows],
        "errors": [json.dumps(errors) for _, _, errors in rows],
    }
    await tx.run(_REJECT, columns)


async def rejected_after(tx: Transaction, import_id: UUID, *, after: int, limit: int) -> Sequence[ImportRejected]:
    """Return refused rows in their order, after the row of a number."""
    query = select(ImportRejected).where(ImportRejected.import_id == import_id, col(ImportRejected.number) > after)
    return (await tx.session.exec(query.order_by(col(ImportRejected.number)).limit(limit))).all()


async def cancel_checked(tx: Transaction, *, before: datetime, now: datetime) -> list[UUID]:
    """Cancel what was checked before a time and never applied; returns their ids."""
    statement = update(ImportFile).where(col(ImportFile.state) == "checked", col(ImportFile.worked_at) < before)
    found = await tx.run(
        statement.values(state="cancelled", finished_at=now, worked_at=now).returning(col(ImportFile.import_id))
    )
    return list(found.scalars())


async def forget(tx: Transaction, states: Sequence[State], *, before: datetime) -> None:
    """Delete imports in these states that nobody worked on since a time, with all that hangs on them."""
    gone = delete(ImportFile).where(col(ImportFile.state).in_(states), col(ImportFile.worked_at) < before)
    for import_id in list((await tx.run(gone.returning(col(ImportFile.import_id)))).scalars()):
        await delete_text(tx, import_id)
        await tx.run(delete(ImportRejected).where(col(ImportRejected.import_id) == import_id))


async def forget_one(tx: Transaction, import_id: UUID) -> None:
    """Delete an import of which only a part has come."""
    await tx.run(delete(ImportFile).where(col(ImportFile.import_id) == import_id, col(ImportFile.state) == "uploading"))
    await delete_text(tx, import_id)


async def find_mapping(tx: Transaction, programme_id: UUID, name: str) -> ImportMapping | None:
    """Return a saved mapping."""
    return await tx.session.get(ImportMapping, (programme_id, name))


async def put_mapping(
    tx: Transaction, programme_id: UUID, name: str, mapping: Mapping[str, Any], *, now: datetime
) -> None:
    """Save a mapping under its name, in the place of an older one."""
    row = {"programme_id": programme_id, "name": name, "mapping": mapping, "saved_at": now}
    statement = upsert(ImportMapping).values(row)
    await tx.run(
        statement.on_conflict_do_update(
            index_elements=["programme_id", "name"], set_={"mapping": mapping, "saved_at": now}
        )
    )


async def mappings_after(
    tx: Transaction, programme_id: UUID, *, after: str | None, limit: int
) -> Sequence[ImportMapping]:
    """Return a programme's saved mappings by name."""
    query = select(ImportMapping).where(ImportMapping.programme_id == programme_id)
    if after is not None:
        query = query.where(col(ImportMapping.name) > after)
    return (await tx.session.exec(query.order_by(col(ImportMapping.name)).limit(limit))).all()


async def delete_mapping(tx: Transaction, programme_id: UUID, name: str) -> bool:
    """Delete a saved mapping; returns whether it was there."""
    gone = delete(ImportMapping).where(col(ImportMapping.programme_id) == programme_id, col(ImportMapping.name) == name)
    return bool((await tx.run(gone.returning(col(ImportMapping.name)))).first())
