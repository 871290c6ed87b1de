"""What a client sends to follow a board and what the events of its stream hold."""

from datetime import datetime
from typing import Any, TypedDict

from pydantic import BaseModel, ConfigDict, Field

from gateway.boards.answers import Period


class LiveQuery(BaseModel):
    """The query of a stream."""

    period: Period = None
    limit: int = Field(default=50, ge=1, le=100, description="How many rows at most.")


class Change(TypedDict):
    """The data of a `change`, as it is made."""

    head: dict[str, Any]
    size: int
    rows: list[dict[str, Any]]
    left: list[int]


class RowChange(BaseModel):
    """A row that came, moved or changed: `at` is its place on the page now and `was` its place before, from 0.

    `was` is null for a row that came, which then is whole; else only the fields are there whose values are others.
    """

    model_config = ConfigDict(extra="allow")

    at: int
    was: int | None


class HeadChange(BaseModel):
    """The values of the page that are others now."""

    model_config = ConfigDict(extra="allow")

    as_of: datetime | None = None
    sequence: int = 0
    total: int = 0
    next: str | None = None


class ChangeOut(BaseModel):
    """What changed since the event before: with it, the page before becomes the page now."""

    head: HeadChange
    size: int = Field(description="How many rows the page has now; rows of the page before from there on are gone.")
    rows: list[RowChange]
    left: list[int] = Field(description="The places, before, of rows that are not on the page any more.")
