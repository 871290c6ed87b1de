"""Working on a file: first every row is judged, then what is valid is applied, a piece for each transaction."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from libs.events.intake import AcceptedCount, CountsAccepted
from libs.problems import FieldError
from libs.storage.database import Transaction
from services.engagement.imports import store
from services.engagement.imports.domain.records import MOST_BYTES, Record, read_records
from services.engagement.imports.domain.rows import Plan, read_row
from services.engagement.imports.tables import ImportFile
from services.engagement.snapshots import service as snapshots

WINDOW_BYTES = 4 * MOST_BYTES
ROWS_AT_ONCE = 2_000
COUNTS_AT_ONCE = 4_000
SAMPLED_ROWS = 5
Rejected = tuple[int, Sequence[str], Sequence[Sequence[str]]]  # number, cells, pairs of field and reason


@dataclass(slots=True)
class Piece:
    """Some rows of a file, read: up to which byte, how many, what they say, and what is refused."""

    end: int
    whole: bool
    rows: int = 0
    valid: int = 0
    counts: list[AcceptedCount] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)


async def claim(tx: Transaction) -> ImportFile | None:
    """Hold and return the import that has waited longest and that no other worker holds; None where none waits."""
    return await store.claim(tx)


async def work_on(tx: Transaction, file: ImportFile, *, now: datetime) -> None:
    """Take an import one piece further.

    What the rows do and how far the file is read are written together, so a worker that dies loses and repeats nothing.
    """
    file.began_at, file.worked_at = file.began_at or now, now
    piece = await _read(tx, file)
    if file.state == "uploaded":
        await _check(tx, file, piece)
    else:
        await _apply(tx, file, piece)
    file.position, file.rows_done = piece.end, file.rows_done + piece.rows
    if piece.whole:
        await _end(tx, file, now=now)


async def _read(tx: Transaction, file: ImportFile) -> Piece:
    text = await store.read_text(tx, file.import_id, at=file.position, size=WINDOW_BYTES)
    last = file.position + len(text) >= file.size
    plan = Plan.of(file.plan)
    return await asyncio.to_thread(_piece, text, plan, start=file.position, done=file.rows_done, last=last)


def _piece(text: bytes, plan: Plan, *, start: int, done: int, last: bool) -> Piece:
    piece = Piece(end=start, whole=last and not text)
    for record in read_records(text, delimiter=plan.delimiter, last=last):
        if record.cells:  # an empty line is no row
            piece.rows += 1
            _add(piece, record, plan, number=done + piece.rows)
        piece.end = start + record.end
        piece.whole = last and record.end == len(text)
        if piece.rows >= ROWS_AT_ONCE or len(piece.counts) >= COUNTS_AT_ONCE:
            break
    return piece


def _add(piece: Piece, record: Record, plan: Plan, *, number: int) -> None:
    found: Sequence[AcceptedCount | FieldError]
    found = [FieldError("row", record.fault)] if record.fault else read_row(record.cells, plan, number=number)
    errors = [(one.field, one.reason) for one in found if isinstance(one, FieldError)]
    if errors:
        piece.rejected.append((number, record.cells, errors))
    else:
        piece.valid += 1
        piece.counts += [one for one in found if isinstance(one, AcceptedCount)]


def _batch(file: ImportFile, piece: Piece, *, accepted: int) -> CountsAccepted:
    return CountsAccepted(
        receipt_id=file.import_id,
        programme_id=file.programme_id,
        door="imports",
        counts=tuple(piece.counts),
        accepted=accepted,
    )


async def _check(tx: Transaction, file: ImportFile, piece: Piece) -> None:
    """Add what the rows would lead to."""
    if piece.rejected:
        await store.add_rejected(tx, file.import_id, piece.rejected)
        refused = Counter("\n".join(error) for _, _, errors in piece.rejected for error in errors)
        file.refusals = dict(Counter(file.refusals) + refused)
    if piece.counts:
        unusable = await snapshots.forecast(tx, _batch(file, piece, accepted=0))
        file.unusable = _sum(file.unusable, unusable)
    file.valid += piece.valid
    file.counts += len(piece.counts)
    file.sample = file.sample + _sampled(piece, SAMPLED_ROWS - len(file.sample))


async def _apply(tx: Transaction, file: ImportFile, piece: Piece) -> None:
    if not piece.counts and not piece.whole:
        return
    # the receipt knows the size of the whole once the last row has been applied
    accepted = file.counts if piece.whole else 0
    applied = await snapshots.apply_counts(tx, _batch(file, piece, accepted=accepted))
    file.new += applied.new
    file.duplicates += applied.duplicates
    file.conflicts += applied.conflicts
    file.quarantined = _sum(file.quarantined, applied.quarantined)


async def _end(tx: Transaction, file: ImportFile, *, now: datetime) -> None:
    """Go on after the last row: to the second reading, or to the end."""
    if file.state == "uploaded":
        file.rows_total = file.rows_done
        if file.dry_run:
            file.state = "checked"
        elif file.valid:
            begin_applying(file, now=now)
        else:
            await finish(tx, file, now=now)
    else:
        await finish(tx, file, now=now)


def begin_applying(file: ImportFile, *, now: datetime) -> None:
    """Let the file be read from its first row again, and what is valid be applied."""
    file.state, file.position, file.rows_done, file.began_at = "applying", file.data_at, 0, now


async def finish(tx: Transaction, file: ImportFile, *, now: datetime) -> None:
    """End an import whose rows have all been applied."""
    file.state, file.finished_at = "applied", now
    await store.delete_text(tx, file.import_id)


def _sum(known: dict[str, int], more: Counter[Any]) -> dict[str, int]:  # Any: a Literal of reasons
    return dict(Counter(known) + more)


def _sampled(piece: Piece, most: int) -> list[dict[str, Any]]:  # Any: JSON
    rows: dict[int | None, dict[str, Any]] = {}
    for count in piece.counts:
        if count.place not in rows and len(rows) >= most:
            break
        row = rows.setdefault(
            count.place,
            {
                "row": count.place,
                "share_id": str(count.share_id) if count.share_id else None,
                "post_url": count.post_url,
                "read_at": count.read_at.isoformat(),
                "counts": {},
            },
        )
        row["counts"][count.kind] = count.count
    return list(rows.values())[: max(most, 0)]
