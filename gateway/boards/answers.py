"""What a client sends to read a board and what it gets."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, BeforeValidator, Field, field_validator

PERIOD_TEXT = "`all`, `season` or `week` (those of today), or one by name: `S001`, `2026-W47`."
Period = Annotated[str, Field(max_length=16, description=PERIOD_TEXT)]


def _listed(value: object) -> object:
    return value.split(",") if isinstance(value, str) else value


Ids = Annotated[list[UUID], BeforeValidator(_listed, json_schema_input_type=str), Field(min_length=1, max_length=100)]


class PageQuery(BaseModel):
    """The query of a page."""

    period: Period = "all"
    limit: int = Field(default=50, ge=1, le=100, description="How many rows at most.")
    cursor: str | None = Field(default=None, max_length=512, description="`next` of the page before.")


class AroundQuery(BaseModel):
    """The query of the rows around an ambassador."""

    period: Period = "all"
    size: int = Field(default=21, ge=1, le=50, description="How many rows, the ambassador's included.")


class RankQuery(BaseModel):
    """The query of one rank."""

    period: Period = "all"


class AmongQuery(BaseModel):
    """The query of ranks among people."""

    period: Period = "all"
    ids: Ids = Field(description="Up to 100 ids of ambassadors, separated by commas.")


class SeveralQuery(BaseModel):
    """The query of the first rows of several boards."""

    period: Period = "all"
    limit: int = Field(default=10, ge=1, le=100, description="How many rows of each at most.")
    ids: Ids = Field(description="Up to 10 ids of boards, separated by commas.")

    @field_validator("ids")
    @classmethod
    def _few(cls, ids: list[UUID]) -> list[UUID]:
        if len(ids) > 10:
            raise ValueError("at most 10 boards")
        return ids


class StandingOut(BaseModel):
    """One row. Equal points rank by who had them first, or share a rank, as the board has it.

    `name` and `team` are null when they are not known; `ambassador_id` is null under a pseudonym.
    """

    rank: int
    ambassador_id: UUID | None
    name: str | None
    team: str | None
    points: float = Field(description="In the board's metric.")


class FriendOut(StandingOut):
    """One row with its rank among all and among those who were asked for."""

    rank_among: int


class BoardHead(BaseModel):
    """Which board and period this is, as of one moment.

    `sequence` is the last entry of the points ledger that is in it, `as_of` when that was applied.
    """

    board_id: UUID
    programme_id: UUID
    title: str
    metric: str
    period: str
    as_of: AwareDatetime | None
    sequence: int
    total: int


class StandingsOut(BoardHead):
    """Consecutive rows of a board in one period, as of one moment.

    `sequence` is the last entry of the points ledger that is in it, `as_of` when that was applied.
    """

    items: list[StandingOut]
    next: str | None


class RankOut(BoardHead):
    """Where one ambassador stands. `percentile`: of all rows, those with less and half of those with as much."""

    rank: int
    percentile: float
    ambassador_id: UUID | None
    name: str | None
    team: str | None
    points: float


class AmongOut(BoardHead):
    """Where these ambassadors stand among all and among themselves; who has no row under a name is left out."""

    items: list[FriendOut]
    next: None


class SeveralOut(BaseModel):
    """The first rows of several boards, in the order in which they were asked for."""

    items: list[StandingsOut]
    next: None
