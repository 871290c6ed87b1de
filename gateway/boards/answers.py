"""What a client sends to read a board and what it gets."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

PERIOD_TEXT = "`all`, `season` or `week` (those of today), or one by name: `S001`, `2026-W47`."
Period = Annotated[str, Field(max_length=16, description=PERIOD_TEXT)]


class PageQuery(BaseModel):
    """The query of a page."""

    period: Period = "all"
    limit: int = Field(default=50, ge=1, le=100, description="How many rows at most.")
    cursor: str | None = Field(default=None, max_length=512, description="`next` of the page before.")


class AroundQuery(BaseModel):
    """The query of the rows around an ambassador."""

    period: Period = "all"
    size: int = Field(default=21, ge=1, le=50, description="How many rows, the ambassador's included.")


class StandingOut(BaseModel):
    """One row. Equal points rank by who had them first; `name` and `team` are null when they are not known."""

    rank: int
    ambassador_id: UUID
    name: str | None
    team: str | None
    points: float


class StandingsOut(BaseModel):
    """Consecutive rows of a board in one period, as of one moment.

    `sequence` is the last entry of the points ledger that is in it, `as_of` when that was applied.
    """

    board_id: UUID
    programme_id: UUID
    title: str
    period: str
    as_of: AwareDatetime | None
    sequence: int
    total: int
    items: list[StandingOut]
    next: str | None
