"""What a client sends to read a board and what it gets."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, BeforeValidator, Field, field_validator

PERIOD_TEXT = (
    "`all`, or `season`, `month`, `week` or `day` (those of today), or one by name: `S001`, `2026-11`, `2026-W47`,"
    " `2026-11-22`; the longest that the board has when it is left out. Days are kept for five weeks."
)
Period = Annotated[str | None, Field(max_length=16, description=PERIOD_TEXT)]


def _listed(value: object) -> object:
    return value.split(",") if isinstance(value, str) else value


Ids = Annotated[list[UUID], BeforeValidator(_listed, json_schema_input_type=str), Field(min_length=1, max_length=100)]


Fresh = Annotated[
    bool,
    Field(description="Look again now: without it the first rows may be as old as a twentieth of a second."),
]


class PageQuery(BaseModel):
    """The query of a page."""

    period: Period = None
    limit: int = Field(default=50, ge=1, le=100, description="How many rows at most.")
    cursor: str | None = Field(default=None, max_length=512, description="`next` of the page before.")
    fresh: Fresh = False


class AroundQuery(BaseModel):
    """The query of the rows around an ambassador."""

    period: Period = None
    size: int = Field(default=21, ge=1, le=50, description="How many rows, the ambassador's included.")


class RankQuery(BaseModel):
    """The query of one rank."""

    period: Period = None


class AmongQuery(BaseModel):
    """The query of ranks among people."""

    period: Period = None
    ids: Ids = Field(description="Up to 100 ids of ambassadors, or of teams on a board of teams, separated by commas.")


class SeveralQuery(BaseModel):
    """The query of the first rows of several boards."""

    period: Period = None
    limit: int = Field(default=10, ge=1, le=100, description="How many rows of each at most.")
    ids: Ids = Field(description="Up to 10 ids of boards, separated by commas.")
    fresh: Fresh = False

    @field_validator("ids")
    @classmethod
    def _few(cls, ids: list[UUID]) -> list[UUID]:
        if len(ids) > 10:
            raise ValueError("at most 10 boards")
        return ids


class StandingOut(BaseModel):
    """One row. Equal points rank by who had them first, or share a rank, as the board has it.

    `name` and `team` are null when they are not known; `ambassador_id` and `team_id` are null under a pseudonym. On a
    board of teams `name` is the team's and `ambassador_id` null.
    """

    rank: int
    ambassador_id: UUID | None
    team_id: UUID | None
    name: str | None
    team: str | None
    points: float = Field(description="In the board's metric.")


class FriendOut(StandingOut):
    """One row with its rank among all and among those who were asked for."""

    rank_among: int


class BoardHead(BaseModel):
    """Which board and period this is, as of one moment.

    `sequence` is the number of the last change that is in it, `as_of` when that was applied.
    """

    board_id: UUID
    programme_id: UUID
    title: str
    metric: str
    subject: str = Field(description="`ambassador` or `team`: what a row is.")
    period: str
    as_of: AwareDatetime | None
    sequence: int
    total: int


class StandingsOut(BoardHead):
    """Consecutive rows of a board in one period, as of one moment.

    `sequence` is the number of the last change that is in it, `as_of` when that was applied.
    """

    items: list[StandingOut]
    next: str | None


class RankOut(BoardHead):
    """Where one ambassador or team stands. `percentile`: of all rows, those with less and half of those with as much.

    Who is under a pseudonym is found by themself and by the programme's managers; to others they are not on the board.
    """

    rank: int
    percentile: float
    ambassador_id: UUID | None
    team_id: UUID | None
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
