"""Cursor pages: `{"items": [...], "next": cursor}`; an opaque cursor says where the last page ended."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Generic, TypeVar
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, JsonValue

from libs.web.errors import InvalidCursor

ItemT = TypeVar("ItemT")
RowT = TypeVar("RowT")

Limit = Annotated[int, Query(ge=1, le=200, description="How many items at most.")]
Cursor = Annotated[str | None, Query(max_length=512, description="`next` of the page before.")]


class Page(BaseModel, Generic[ItemT]):
    """One page of a list; `next` is null on the last."""

    items: list[ItemT]
    next: str | None


def encode_cursor(*position: JsonValue) -> str:
    """Return the sort values of the last item as an opaque text."""
    return opaque(json.dumps(position).encode())


def opaque(position: bytes) -> str:
    """Return a list in JSON as `encode_cursor` does."""
    return base64.urlsafe_b64encode(position).decode().rstrip("=")


def decode_cursor(cursor: str | None, *, parts: int) -> list[JsonValue] | None:
    """Return the sort values that `encode_cursor` was given; None for the first page. Raises InvalidCursor."""
    if cursor is None:
        return None
    try:
        position = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error) as error:
        raise InvalidCursor("use the value of `next` as it was given") from error
    if not isinstance(position, list) or len(position) != parts:
        raise InvalidCursor("use the value of `next` as it was given")
    return position


def id_after(cursor: str | None) -> UUID | None:
    """Return the id in a cursor of one part; None for the first page. Raises InvalidCursor."""
    position = decode_cursor(cursor, parts=1)
    try:
        return UUID(str(position[0])) if position else None
    except ValueError as error:
        raise InvalidCursor("use the value of `next` as it was given") from error


def number_after(cursor: str | None) -> int | None:
    """Return the number in a cursor of one part, below 2^63; None for the first page. Raises InvalidCursor."""
    position = decode_cursor(cursor, parts=1)
    if position is None:
        return None
    if not isinstance(position[0], int) or not 0 <= position[0] < 2**63:
        raise InvalidCursor("use the value of `next` as it was given")
    return position[0]


def time_and_id_after(cursor: str | None) -> tuple[datetime, UUID] | None:
    """Return the aware time and the id in a cursor of two parts; None for the first page. Raises InvalidCursor."""
    position = decode_cursor(cursor, parts=2)
    try:
        place = (datetime.fromisoformat(str(position[0])), UUID(str(position[1]))) if position else None
    except ValueError as error:
        raise InvalidCursor("use the value of `next` as it was given") from error
    if place and place[0].tzinfo is None:
        raise InvalidCursor("use the value of `next` as it was given")
    return place


def page_of(
    rows: Sequence[RowT], limit: int, *, shape: Callable[[RowT], ItemT], position: Callable[[RowT], Sequence[JsonValue]]
) -> Page[ItemT]:
    """Return a page from `limit + 1` rows: the extra one only says that there is a next page."""
    shown = rows[:limit]
    more = encode_cursor(*position(shown[-1])) if len(rows) > limit and shown else None
    return Page(items=[shape(row) for row in shown], next=more)
