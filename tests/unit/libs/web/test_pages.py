"""Cursor pages."""

import base64
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from libs.web.errors import InvalidCursor
from libs.web.pages import decode_cursor, encode_cursor, id_after, page_of, time_and_id_after

VALUES = st.none() | st.booleans() | st.integers() | st.text(alphabet=st.characters(exclude_categories=["Cs"]))


@given(st.lists(VALUES, min_size=1, max_size=4))
def test_a_cursor_comes_back_as_it_went(position: list[str | int | bool | None]) -> None:
    cursor = encode_cursor(*position)
    assert decode_cursor(cursor, parts=len(position)) == position
    assert not set(cursor) & set("=+/ &?#")


@pytest.mark.parametrize(
    "forged",
    ["", "a", "!!!!", "é", "eyJhIjoxfQ", "MQ", "bnVsbA", encode_cursor("a"), encode_cursor("a", "b", "c"), "_" * 512],
)
def test_a_forged_cursor_is_refused(forged: str) -> None:
    with pytest.raises(InvalidCursor):
        decode_cursor(forged, parts=2)


@given(st.binary(max_size=64))
def test_any_bytes_are_read_or_refused(junk: bytes) -> None:
    cursor = base64.urlsafe_b64encode(junk).decode().rstrip("=")
    try:
        position = decode_cursor(cursor, parts=1)
    except InvalidCursor:
        return
    assert position is not None
    assert len(position) == 1


@given(st.text(max_size=64))
def test_any_text_is_read_or_refused(junk: str) -> None:
    for read in (id_after, time_and_id_after):
        try:
            read(junk)
        except InvalidCursor:
            continue


def test_typed_cursors_round_trip_and_refuse_other_values() -> None:
    at, item = datetime(2026, 11, 18, 9, tzinfo=UTC), UUID(int=7)
    assert id_after(encode_cursor(str(item))) == item
    assert time_and_id_after(encode_cursor(at.isoformat(), str(item))) == (at, item)
    assert id_after(None) is None
    assert time_and_id_after(None) is None
    strangers: tuple[JsonValue, ...] = ("x", 7, None, ["a"], {"a": 1})
    for forged in strangers:
        with pytest.raises(InvalidCursor):
            id_after(encode_cursor(forged))
    for position in ((at.isoformat(), "x"), ("soon", str(item)), ("2026-11-18T09:00:00", str(item)), (1, 2)):
        with pytest.raises(InvalidCursor):
            time_and_id_after(encode_cursor(*position))


@given(st.integers(min_value=0, max_value=60), st.integers(min_value=1, max_value=20))
def test_pages_show_every_row_once_and_end(rows: int, limit: int) -> None:
    seen: list[int] = []
    cursor: str | None = None
    for _ in range(rows + 1):
        position = decode_cursor(cursor, parts=1)
        start = int(str(position[0])) + 1 if position else 0
        page = page_of(
            list(range(start, min(start + limit + 1, rows))), limit, shape=lambda row: row, position=lambda row: [row]
        )
        assert len(page.items) <= limit
        seen += page.items
        cursor = page.next
        if cursor is None:
            break
    assert seen == list(range(rows))
