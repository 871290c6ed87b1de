"""The rows of an export, one piece after the other; each in a transaction of its own, so that none stays open.

A client may take hours to read a file. A piece is found along an index from where the one before ended.
"""

from collections.abc import AsyncIterator, Sequence

from libs.storage.database import Database
from services.engagement.exports import store
from services.engagement.exports.domain import COLUMNS, FIRST_PLACE, Row, SharePlace, Wanted
from services.engagement.exports.store import Found, OfShares
from services.engagement.measures import service as measures
from services.engagement.measures.domain.numbers import Number
from services.engagement.measures.domain.periods import Span

PIECE = 10_000
SHARES_MEASURED = 1_000  # at once; a share has up to a dozen numbers
Pieces = AsyncIterator[Sequence[Row]]


async def _shares(db: Database, wanted: Wanted) -> Pieces:
    after = FIRST_PLACE
    while True:
        async with db.transaction() as tx:
            rows = await store.next_shares(tx, wanted, after, limit=PIECE)
        if not rows:
            return
        yield _shaped(wanted, rows)
        after = _place(rows[-1])


async def _of_shares(db: Database, wanted: Wanted, table: OfShares) -> Pieces:
    last: Found | None = None
    while True:
        async with db.transaction() as tx:
            rows = [] if last is None else await store.rest_of_share(tx, table, wanted, last, limit=PIECE)
            if room := PIECE - len(rows):
                after = _place(last) if last is not None else FIRST_PLACE
                rows += await store.of_next_shares(tx, table, wanted, after, limit=room)
        if not rows:
            return
        yield _shaped(wanted, rows)
        last = rows[-1]


async def _measures(db: Database, wanted: Wanted) -> Pieces:
    span = Span(wanted.since, wanted.until)
    question = measures.Question(programme_id=wanted.programme_id, by="share", span=span)
    after = None
    while True:
        async with db.transaction() as tx:
            groups = await measures.page_of_measures(tx, question, after=after, limit=SHARES_MEASURED)
        if not groups:
            return
        yield [row for group in groups for row in _numbers(group)]
        after = groups[-1].place


def _numbers(group: measures.Group) -> list[Row]:
    kinds = [_number(group, kind, None, number) for kind, number in sorted(group.measure.kinds.items())]
    goals = sorted(group.measure.goals.items(), key=lambda pair: pair[0] or "")
    return kinds + [_number(group, "conversion", goal, number) for goal, number in goals]


def _number(group: measures.Group, measure: str, goal: str | None, number: Number) -> Row:
    known = (number.value, number.measured, number.imported, number.declared, number.people, number.estimated)
    return (group.key, group.published_at, measure, goal, *known, number.read_at)


def _shaped(wanted: Wanted, rows: Sequence[Found]) -> list[Row]:
    names = [column.name for column in COLUMNS[wanted.export]]
    return [tuple(row[name] for name in names) for row in rows]


def _place(row: Found) -> SharePlace:
    return SharePlace(row["published_at"], row["share_id"])


def pieces_of(db: Database, wanted: Wanted) -> Pieces:
    """Return the rows of an export, in pieces of up to some ten thousand."""
    match wanted.export:
        case "shares":
            return _shares(db, wanted)
        case "measures":
            return _measures(db, wanted)
        case table:
            return _of_shares(db, wanted, table)
