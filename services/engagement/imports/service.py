"""Use cases of imports: judging a file row by row and keeping what is valid."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from libs.bus.publish import Publisher
from libs.events.engagement import Provenance
from libs.events.intake import AcceptedCount, CountsAccepted
from libs.problems import FieldError
from libs.storage.database import Transaction
from services.engagement.imports.domain import CountsRow, parsed, read_rows
from services.engagement.intake import service as intake
from services.engagement.intake.domain import Refusal
from services.engagement.shares import service as shares
from services.engagement.shares.domain import KnownShare, ShareBook, refused_time


@dataclass(frozen=True, slots=True)
class Table:
    """A file that could be read: its rows of valid form, and the refusals."""

    rows: Sequence[CountsRow]
    refusals: Sequence[Refusal]


@dataclass(frozen=True, slots=True)
class JudgedTable:
    """How many rows of one file are valid, their counts, and what is refused, in the order of rows."""

    rows: int
    counts: Sequence[AcceptedCount]
    refusals: Sequence[Refusal]


async def time_zone_of(tx: Transaction, programme_id: UUID) -> str | None:
    """Return the zone of times without an offset; None when the programme has not been told of."""
    return await shares.time_zone_of(tx, programme_id)


def read_table(body: bytes, *, time_zone: str | None) -> Table:
    """Read a file. Raises UnreadableTable, InvalidTable. Takes a while for a large file: call it off the event loop."""
    rows: list[CountsRow] = []
    refusals: list[Refusal] = []
    for row in read_rows(body):
        found = parsed(row, time_zone=time_zone)
        if isinstance(found, CountsRow):
            rows.append(found)
        else:
            refusals.append(Refusal(row.number, tuple(found)))
    return Table(rows, refusals)


async def shares_named(tx: Transaction, programme_id: UUID, table: Table) -> ShareBook:
    """Return the shares of the programme that the rows name."""
    return await shares.book_of(
        tx,
        programme_id,
        ids={row.share_id for row in table.rows if row.share_id is not None},
        post_urls={row.post_url for row in table.rows if row.post_url is not None},
    )


def judge(table: Table, book: ShareBook, *, provenance: Provenance, now: datetime) -> JudgedTable:
    """Judge each row."""
    rows = 0
    counts: list[AcceptedCount] = []
    refusals = list(table.refusals)
    for row in table.rows:
        judged = _judge_one(row, book.find(row.share_id, row.post_url), provenance=provenance, now=now)
        if isinstance(judged, FieldError):
            refusals.append(Refusal(row.number, (judged,)))
        else:
            rows += 1
            counts += judged
    return JudgedTable(rows, counts, sorted(refusals, key=lambda refusal: refusal.place))


async def keep(
    publisher: Publisher, judged: JudgedTable, *, receipt_id: UUID, programme_id: UUID, now: datetime
) -> None:
    """Return once what is valid is on the broker's disk. Raises NothingAccepted, BusUnavailable."""
    if not judged.counts:
        raise intake.nothing_accepted(judged.refusals, field="rows")
    event = CountsAccepted(receipt_id=receipt_id, programme_id=programme_id, counts=tuple(judged.counts))
    await intake.keep(publisher, event, now=now)


def _judge_one(
    row: CountsRow, share: KnownShare | FieldError, *, provenance: Provenance, now: datetime
) -> list[AcceptedCount] | FieldError:
    if isinstance(share, FieldError):
        return share
    if reason := refused_time(row.read_at, share, now=now):
        return FieldError("read_at", reason)
    return [
        AcceptedCount(share_id=share.share_id, kind=kind, count=count, read_at=row.read_at, provenance=provenance)
        for kind, count in row.counts.items()
    ]
