import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.problems import Problem
from services.engagement.imports.domain import CountsRow, parsed, read_rows

SHARE = "0198a7b2-0000-7000-8000-000000000001"
HEADER = b"share_id,read_at,clicks\n"


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_by_name(body: bytes) -> None:
    for text in (body, HEADER + body):
        try:
            rows = read_rows(text)
        except Problem:
            continue
        for row in rows:
            parsed(row, time_zone="Europe/Paris")


@given(
    st.lists(st.integers(0, 100_000_000), min_size=1, max_size=30),
    st.sampled_from(",;"),
    st.sampled_from(["\n", "\r\n"]),
)
def test_counts_survive_the_file(counts: list[int], delimiter: str, end: str) -> None:
    lines = ["share_id,read_at,clicks", *(f"{SHARE},2026-11-18T09:00:00Z,{count}" for count in counts)]
    rows = read_rows(end.join(lines).replace(",", delimiter).encode())
    found = [parsed(row, time_zone=None) for row in rows]
    assert [row.counts["click"] for row in found if isinstance(row, CountsRow)] == counts


@pytest.mark.parametrize(
    ("cell", "valid"),
    [
        ("0", True),
        ("100000000", True),
        ("100000001", False),
        ("-1", False),
        ("1.0", False),
        ("1e3", False),
        ("²", False),
        ("+1", False),
        ("1 000", False),
    ],
)
def test_a_count_is_a_whole_number_in_plain_digits(cell: str, *, valid: bool) -> None:
    (row,) = read_rows(HEADER + f"{SHARE},2026-11-18T09:00:00Z,{cell}".encode())
    assert isinstance(parsed(row, time_zone=None), CountsRow) is valid


def test_a_time_without_offset_needs_a_zone() -> None:
    (row,) = read_rows(HEADER + f"{SHARE},2026-11-18 09:00,1".encode())
    assert not isinstance(parsed(row, time_zone=None), CountsRow)
    found = parsed(row, time_zone="Europe/Paris")
    assert isinstance(found, CountsRow)
    assert found.read_at.isoformat() == "2026-11-18T08:00:00+00:00"
