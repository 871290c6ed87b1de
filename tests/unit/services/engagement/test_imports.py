import csv
from collections.abc import Mapping
from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.events.intake import AcceptedCount
from libs.problems import Problem
from services.engagement.imports.domain.columns import COUNTS, NAMING, find_header, wanted_of
from services.engagement.imports.domain.presets import Preset, aliases_of
from services.engagement.imports.domain.records import MOST_BYTES, Record, read_records
from services.engagement.imports.domain.rows import Plan, read_row
from services.engagement.imports.domain.spreadsheet import safe_cell
from services.engagement.imports.domain.text import Encoding, Transcoder, codec_of

SHARE = "0198a7b2-0000-7000-8000-000000000001"
READ_AT = "2026-11-18T09:00:00Z"
PLAN = Plan(
    delimiter=",",
    header=("share_id", "read_at", "clicks"),
    places={"share_id": 0, "read_at": 1, "clicks": 2},
    constants={},
    date_format=None,
    decimal=".",
    thousands="",
    time_zone=None,
    provenance="imported",
    uploaded_at="2026-11-20T00:00:00+00:00",
)
CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\x00"), max_size=20)
TABLES = st.lists(st.lists(CELLS, min_size=2, max_size=4), max_size=20)


def plan(**other: Any) -> Plan:
    return Plan.of({**PLAN.stored(), **other})


def written(rows: list[list[str]], delimiter: str = ",") -> bytes:
    text = StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def in_windows(data: bytes, window: int) -> list[Record]:
    """Read as a worker does: a window at a time, each from where the last whole row ended."""
    position, found = 0, []
    while position < len(data):
        piece = data[position : position + window]
        last = position + len(piece) >= len(data)
        records = list(read_records(piece, delimiter=",", last=last))
        if not records:
            assert not last
            window *= 2  # a worker's window is larger than a row may be
            continue
        found += [Record(record.cells, position + record.end, record.fault) for record in records]
        position += records[-1].end
    return found


@given(TABLES, st.integers(1, 50))
def test_rows_are_the_same_wherever_reading_stops_and_goes_on(rows: list[list[str]], window: int) -> None:
    data = written(rows)
    records = in_windows(data, window)
    assert [list(record.cells) for record in records] == rows
    assert records == list(read_records(data, delimiter=",", last=True))
    assert not records or records[-1].end == len(data)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_by_name(body: bytes) -> None:
    try:
        transcoder = Transcoder(codec_of(body, None))
    except Problem:
        return
    data = transcoder.feed(body, last=True)
    for record in read_records(data, delimiter=",", last=True):
        read_row(record.cells, PLAN, number=1)
    assert sum(1 for _ in read_records(data, delimiter=",", last=True)) <= data.count(b"\n") + 1


@pytest.mark.parametrize("rows", [10, 40_000])
def test_an_open_quotation_mark_costs_its_own_row_only(rows: int) -> None:
    data = b"a,b\n" + b'a,"b\n' + b"c,d\n" * rows
    records = list(read_records(data, delimiter=",", last=True))
    assert [place for place, record in enumerate(records) if record.fault] == [1]
    assert records[1].cells == ('a,"b\n',)
    assert {record.cells for record in records[2:]} == {("c", "d")}
    assert len(records) == rows + 2


@pytest.mark.parametrize("last", [True, False])
def test_a_line_without_end_is_refused_and_does_not_stand_in_the_way(last: bool) -> None:  # noqa: FBT001 - a parameter of the test
    records = list(read_records(b"x" * 3 * MOST_BYTES, delimiter=",", last=last))
    assert records
    assert all(record.fault for record in records)
    assert records[-1].end == 3 * MOST_BYTES


@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\x00\ufeff\ufffd"), max_size=60),
    st.sampled_from([("utf-8", None), ("utf-8-sig", None), ("utf-16", None), ("utf-16-le", "utf-16")]),
    st.integers(1, 7),
)
def test_text_is_the_same_in_every_encoding_and_in_any_pieces(
    text: str, encoding: tuple[str, Encoding | None], size: int
) -> None:
    said = "header\r\n" + text.replace("\n", "\r\n")
    raw = said.encode(encoding[0])
    transcoder = Transcoder(codec_of(raw, encoding[1]))
    pieces = [transcoder.feed(raw[start : start + size]) for start in range(0, len(raw), size)]
    assert b"".join([*pieces, transcoder.feed(b"", last=True)]).decode() == "header\n" + text


@pytest.mark.parametrize(
    ("cell", "decimal", "thousands", "count"),
    [
        ("0", ".", "", 0),
        ("007", ".", "", 7),
        ("100000000", ".", "", 100_000_000),
        ("100000001", ".", "", None),
        ("-1", ".", "", None),
        ("+1", ".", "", None),
        ("1.0", ".", "", 1),
        ("1.5", ".", "", None),
        ("1,0", ",", "", 1),
        ("1e3", ".", "", None),
        ("²", ".", "", None),
        ("٣", ".", "", None),
        ("1 000", ".", "", None),
        ("1,204", ".", ",", 1204),
        ("1,204,000", ".", ",", 1_204_000),
        ("1,20", ".", ",", None),
        ("1,2040", ".", ",", None),
        ("1204", ".", ",", 1204),
        ("1.204", ",", ".", 1204),
        ("1.204,00", ",", ".", 1204),
        ("1.204,50", ",", ".", None),
        ("1 204", ".", " ", 1204),
        ("1\u202f204", ".", " ", 1204),
        ("1\u00a0204", ".", ", ", 1204),
        ("1'204", ".", "'", 1204),
        ("9" * 5000, ".", "", None),
    ],
)
def test_a_count_is_a_whole_number_as_the_file_writes_them(
    cell: str, decimal: str, thousands: str, count: int | None
) -> None:
    found = read_row((SHARE, READ_AT, cell), plan(decimal=decimal, thousands=thousands), number=1)
    counts = [one.count for one in found if isinstance(one, AcceptedCount)]
    assert counts == ([] if count is None else [count])


@pytest.mark.parametrize(
    ("cell", "more", "read_at"),
    [
        ("2026-11-18 09:00", {}, None),
        ("2026-11-18 09:00", {"time_zone": "Europe/Paris"}, "2026-11-18T08:00:00+00:00"),
        ("2026-11-18", {"time_zone": "Europe/Paris"}, "2026-11-17T23:00:00+00:00"),
        ("18/11/2026 09:00", {"time_zone": "UTC", "date_format": "%d/%m/%Y %H:%M"}, "2026-11-18T09:00:00+00:00"),
        ("11/18/2026", {"time_zone": "UTC", "date_format": "%d/%m/%Y"}, None),
        ("2026-11-20T00:04:00Z", {}, "2026-11-20T00:04:00+00:00"),
        ("2026-11-21T00:00:00Z", {}, None),
        ("0001-01-01T00:00:00+14:00", {}, None),
    ],
)
def test_a_time_is_read_as_the_file_writes_it_and_lies_in_the_past(
    cell: str, more: Mapping[str, Any], read_at: str | None
) -> None:
    found = read_row((SHARE, cell, "1"), plan(**more), number=7)
    times = [one.read_at.isoformat() for one in found if isinstance(one, AcceptedCount)]
    assert times == ([] if read_at is None else [read_at])


def test_the_one_time_of_a_file_does_not_follow_its_date_format() -> None:
    constants = {"read_at": "2026-11-18T10:00:00+01:00"}
    told = plan(
        header=("share_id", "clicks"), places={"share_id": 0, "clicks": 1}, constants=constants, date_format="%d"
    )
    (found,) = read_row((SHARE, "5"), told, number=3)
    assert isinstance(found, AcceptedCount)
    assert (found.read_at.isoformat(), found.place) == ("2026-11-18T09:00:00+00:00", 3)


@pytest.mark.parametrize("preset", ["linkedin", "x", "facebook"])
def test_a_preset_names_the_post_and_counts_and_no_two_columns_alike(preset: Preset) -> None:
    aliases = aliases_of(preset)
    assert set(aliases) <= {*NAMING, *COUNTS}
    names = [name.casefold() for column in aliases.values() for name in column]
    assert len(names) == len(set(names))
    first = [column[0] for column in aliases.values()]
    head = written([["What this is"], first, ["x"] * len(first)], delimiter=";")
    wanted = wanted_of(preset, {}, {"read_at": READ_AT})
    header = find_header(head, wanted, delimiter=None, last=True)
    assert (header.delimiter, set(header.places)) == (";", set(aliases))


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+1+1", "'+1+1"),
        ("-1+1", "'-1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("  =1+1", "'  =1+1"),
        ("\t=1", "'\t=1"),
        ("\n=1", "'\n=1"),
        ("＝1+1", "'＝1+1"),
        ("|cmd", "'|cmd"),
        ("-5", "-5"),
        ("+1,204.5", "+1,204.5"),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_a_cell_is_never_a_formula(cell: str, shown: str) -> None:
    assert safe_cell(cell) == shown
