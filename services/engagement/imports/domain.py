"""Rules of a CSV file of counts: how it is read, and what a valid row is."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from uuid import UUID
from zoneinfo import ZoneInfo

from libs.events.engagement import CountedKind
from libs.problems import FieldError
from services.engagement.imports.errors import InvalidTable, UnreadableTable

MOST_ROWS = 10_000
MOST_COUNTED = 100_000_000
COUNTS: Mapping[str, CountedKind] = {
    "reactions": "reaction",
    "comments": "comment",
    "reshares": "reshare",
    "mentions": "mention",
    "clicks": "click",
}
NAMING = ("share_id", "post_url")


@dataclass(frozen=True, slots=True)
class Row:
    """One row as written: its number (1 is the first after the header) and its cells by column, or why it has none."""

    number: int
    cells: Mapping[str, str]
    fault: FieldError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountsRow:
    """One row of valid form: the counts of one share at one time."""

    number: int
    share_id: UUID | None
    post_url: str | None
    read_at: datetime
    counts: Mapping[CountedKind, int]


def read_rows(body: bytes) -> list[Row]:
    """Read a file. Raises UnreadableTable, InvalidTable."""
    lines = csv.reader(StringIO(_text(body), newline=""), delimiter=_delimiter(body))
    try:
        header = [name.strip().lower() for name in next(lines, [])]
        _check_header(header)
        rows = list(_rows(header, lines))
    except csv.Error as error:
        raise UnreadableTable(f"line {lines.line_num}: {error}") from error
    if not rows:
        raise InvalidTable("there is no row below the header")
    return rows


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise UnreadableTable(f"not UTF-8 at byte {error.start}; save the file as CSV UTF-8") from error


def _delimiter(body: bytes) -> str:
    header = body.partition(b"\n")[0]
    return ";" if header.count(b";") > header.count(b",") else ","


def _check_header(header: Sequence[str]) -> None:
    faults = []
    if not set(NAMING) & set(header):
        faults.append(FieldError("share_id", "a column share_id or post_url is needed"))
    if "read_at" not in header:
        faults.append(FieldError("read_at", "this column is needed"))
    if not set(COUNTS) & set(header):
        faults.append(FieldError("reactions", f"at least one column of {', '.join(COUNTS)} is needed"))
    known = (*NAMING, "read_at", *COUNTS)
    faults += [FieldError(name, "this column stands twice") for name in known if header.count(name) > 1]
    if faults:
        raise InvalidTable("the header is not complete; see errors", errors=faults)


def _rows(header: Sequence[str], lines: Iterator[list[str]]) -> Iterator[Row]:
    for number, cells in enumerate(lines, start=1):
        if number > MOST_ROWS:
            raise InvalidTable(f"send at most {MOST_ROWS} rows at once")
        if len(cells) == len(header):
            yield Row(number, dict(zip(header, (cell.strip() for cell in cells), strict=True)))
        elif cells:  # an empty line is no row
            yield Row(number, {}, FieldError("row", f"has {len(cells)} cells, the header has {len(header)}"))


def parsed(row: Row, *, time_zone: str | None) -> CountsRow | list[FieldError]:
    """Return a row's values, or all that is wrong with it. A time without an offset is in `time_zone`."""
    if row.fault:
        return [row.fault]
    faults: list[FieldError] = []
    share_id = _uuid(row.cells.get("share_id") or None, faults)
    read_at = _time(row.cells["read_at"], time_zone, faults)
    counts = _counts(row.cells, faults)
    if faults or read_at is None:
        return faults
    post_url = row.cells.get("post_url") or None
    # a file may have both columns filled: the id is the safer one
    return CountsRow(
        number=row.number,
        share_id=share_id,
        post_url=None if share_id else post_url,
        read_at=read_at,
        counts=counts,
    )


def _uuid(cell: str | None, faults: list[FieldError]) -> UUID | None:
    try:
        return UUID(cell) if cell else None
    except ValueError:
        faults.append(FieldError("share_id", "is no UUID"))
        return None


def _time(cell: str, time_zone: str | None, faults: list[FieldError]) -> datetime | None:
    try:
        at = datetime.fromisoformat(cell)
        if at.tzinfo is None and time_zone is not None:
            at = at.replace(tzinfo=ZoneInfo(time_zone))
        if at.tzinfo is not None:
            return at.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    faults.append(FieldError("read_at", "must be a time such as 2026-11-18T09:30:00+01:00"))
    return None


def _counts(cells: Mapping[str, str], faults: list[FieldError]) -> dict[CountedKind, int]:
    counts: dict[CountedKind, int] = {}
    for column, kind in COUNTS.items():
        cell = cells.get(column, "")
        if not cell:
            continue  # not known, which is not zero
        if cell.isascii() and cell.isdigit() and len(cell) <= 20 and int(cell) <= MOST_COUNTED:
            counts[kind] = int(cell)
        else:
            faults.append(FieldError(column, f"must be a whole number from 0 to {MOST_COUNTED:,}".replace(",", " ")))
    if not counts and not faults:
        faults.append(FieldError("row", "has no count"))
    return counts
