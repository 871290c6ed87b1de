"""Rules of columns: what each of ours is called in a file, and where it stands in the header that is found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal, get_args

from libs.events.intake import ReadKind
from libs.problems import FieldError
from services.engagement.imports.domain.presets import Preset, aliases_of
from services.engagement.imports.domain.records import read_records
from services.engagement.imports.errors import InvalidTable

Column = Literal[
    "share_id",
    "post_url",
    "read_at",
    "reactions",
    "comments",
    "reshares",
    "mentions",
    "clicks",
    "follows",
    "impressions",
    "reach",
]
Constant = Literal["share_id", "post_url", "read_at"]  # what may hold for a whole file
COLUMNS: tuple[Column, ...] = get_args(Column)
NAMING: tuple[Column, ...] = ("share_id", "post_url")
COUNTS: Mapping[Column, ReadKind] = {
    "reactions": "reaction",
    "comments": "comment",
    "reshares": "reshare",
    "mentions": "mention",
    "clicks": "click",
    "follows": "follow",
    "impressions": "impression",
    "reach": "reach",
}
DELIMITERS = (",", ";", "\t")
FIRST_ROWS = 10  # some exports say what they are above the header


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a file's columns are called: of each of ours the possible names, `needed` those that must be there."""

    names: Mapping[Column, Sequence[str]]
    needed: frozenset[Column]
    constants: Mapping[Constant, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The header of a file: its names, where ours stand in it, and at which byte the rows begin."""

    delimiter: str
    names: tuple[str, ...]
    places: Mapping[Column, int]
    end: int


def wanted_of(preset: Preset | None, columns: Mapping[Column, str], constants: Mapping[Constant, str]) -> Wanted:
    """Return what is looked for: the named columns, before those of the preset; without either our own names."""
    names: dict[Column, Sequence[str]] = {}
    if preset is not None:
        names = {column: found for column in COLUMNS if (found := aliases_of(preset).get(column))}
    elif not columns:
        names = {column: (column,) for column in COLUMNS}
    names |= {column: (name,) for column, name in columns.items()}
    return Wanted(
        names={column: found for column, found in names.items() if column not in constants},
        needed=frozenset(columns) - set(constants),
        constants=constants,
    )


def find_header(head: bytes, wanted: Wanted, *, delimiter: str | None, last: bool) -> Header:
    """Return the header among the first ten rows of UTF-8 text. Raises InvalidTable, which names what is missing."""
    nearest: tuple[int, list[FieldError]] = (-1, _faults({}, (), wanted))
    for mark in (delimiter,) if delimiter else DELIMITERS:
        for record in islice(read_records(head, delimiter=mark, last=last), FIRST_ROWS):
            places = _places(record.cells, wanted)
            faults = _faults(places, record.cells, wanted)
            if not faults:
                return Header(delimiter=mark, names=record.cells, places=places, end=record.end)
            nearest = max(nearest, (len(places), faults), key=lambda found: found[0])
    raise InvalidTable("the header is not complete; see errors", errors=nearest[1])


def _plain(name: str) -> str:
    return " ".join(name.replace("’", "'").casefold().split())


def _places(cells: Sequence[str], wanted: Wanted) -> dict[Column, int]:
    plain = [_plain(cell) for cell in cells]
    places: dict[Column, int] = {}
    for column, names in wanted.names.items():
        found = next((plain.index(_plain(name)) for name in names if _plain(name) in plain), None)
        if found is not None:
            places[column] = found
    return places


def _faults(places: Mapping[Column, int], cells: Sequence[str], wanted: Wanted) -> list[FieldError]:
    there: set[str] = {*places, *wanted.constants}
    faults = [
        FieldError(column, f"there is no column {wanted.names[column][0]!r}")
        for column in COLUMNS
        if column in wanted.needed and column not in places
    ]
    if not there & set(NAMING):
        faults.append(FieldError("share_id", "a column for share_id or post_url is needed"))
    if "read_at" not in there:
        faults.append(FieldError("read_at", "a column for it, or one time for the whole file, is needed"))
    if not set(places) & set(COUNTS):
        faults.append(FieldError("reactions", f"at least one column of {', '.join(COUNTS)} is needed"))
    plain = [_plain(cell) for cell in cells]
    faults += [
        FieldError(name, "this column stands twice") for name, at in places.items() if plain.count(plain[at]) > 1
    ]
    return faults
