"""Bodies of requests and answers about board definitions."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from libs.web.texts import ONE_LINE
from services.gamification.boards.domain import METRICS, Anonymity, Tie
from services.gamification.boards.tables import Board


class BoardIn(BaseModel):
    """A board to define; it is never changed afterwards."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(min_length=1, max_length=120, pattern=ONE_LINE)
    metric: str = Field(default="points", max_length=40, description=f"One of {', '.join(METRICS)}.")
    team_id: UUID | None = Field(default=None, description="Only the ambassadors of this team; without it everybody.")
    tie: Tie = Field(
        default="first", description="Equal scores: `first` to reach it stands first, or a `shared` rank (1, 2, 2, 4)."
    )
    anonymity: Anonymity = Field(default="name", description="`pseudonym` hides who is who from everybody.")


class BoardOut(BaseModel):
    """A board's definition; its standings are read at the gateway."""

    id: UUID
    programme_id: UUID
    title: str
    metric: str
    team_id: UUID | None
    tie: str
    anonymity: str

    @classmethod
    def of(cls, row: Board) -> "BoardOut":
        """Shape a row."""
        return cls.model_validate(row, from_attributes=True)


class BoardsOut(BaseModel):
    """The boards of a programme."""

    items: list[BoardOut]
    next: None


class VisibilityIn(BaseModel):
    """How to appear on boards: under one's name, under a pseudonym, or not at all."""

    model_config = ConfigDict(extra="forbid")

    boards: Anonymity


class VisibilityOut(BaseModel):
    """How an ambassador appears on boards; points stay as they are and stay private."""

    ambassador_id: UUID
    boards: Anonymity
    version: int
