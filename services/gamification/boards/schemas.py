"""Bodies of requests and answers about board definitions."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from libs.events.sharing import Network
from libs.web.texts import ONE_LINE
from services.gamification.boards.domain.definition import METRICS, USUAL_PERIODS, Anonymity, PeriodKind, Subject, Tie
from services.gamification.boards.tables import Board


def _once(value: list[Any]) -> list[Any]:
    return list(dict.fromkeys(value))


class Eligibility(BaseModel):
    """Who may stand on a board; who may not has no row."""

    model_config = ConfigDict(extra="forbid")

    min_shares: int = Field(default=0, ge=0, le=1000, description="Shares in the period, at least.")
    enrolled_from: date | None = Field(default=None, description="Only who joined on this day or later.")
    enrolled_until: date | None = Field(default=None, description="Only who joined on this day or earlier.")
    excluded_team_ids: Annotated[list[UUID], AfterValidator(_once)] = Field(
        default=[], max_length=50, description="Nobody of these teams, such as the organisers'."
    )


class BoardIn(BaseModel):
    """A board to define; it is never changed afterwards. Without a scope it is of the whole programme."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(min_length=1, max_length=120, pattern=ONE_LINE)
    metric: str = Field(default="points", max_length=40, description=f"One of {', '.join(METRICS)}.")
    subject: Subject = Field(
        default="ambassador", description="`team`: a row for each team, the mean of the better half of its ambassadors."
    )
    team_id: UUID | None = Field(default=None, description="Only the ambassadors of this team.")
    campaign_id: UUID | None = Field(default=None, description="Only shares of this campaign.")
    cohort_id: UUID | None = Field(default=None, description="Only the ambassadors of this cohort.")
    network: Network | None = Field(default=None, description="Only shares on this network.")
    periods: Annotated[list[PeriodKind], AfterValidator(_once)] = Field(
        default=list(USUAL_PERIODS), max_length=10, description="The kinds of periods that can be read."
    )
    eligibility: Eligibility = Eligibility()
    tie: Tie = Field(
        default="first", description="Equal scores: `first` to reach it stands first, or a `shared` rank (1, 2, 2, 4)."
    )
    anonymity: Anonymity = Field(default="name", description="`pseudonym` hides who is who from everybody.")

    def board(self, board_id: UUID, programme_id: UUID) -> Board:
        """Return it as a row."""
        given = {**self.model_dump(exclude={"eligibility"}), **self.eligibility.model_dump()}
        return Board(id=board_id, programme_id=programme_id, **given)


class BoardOut(BaseModel):
    """A board's definition; its standings are read at the gateway."""

    id: UUID
    programme_id: UUID
    title: str
    metric: str
    subject: str
    team_id: UUID | None
    campaign_id: UUID | None
    cohort_id: UUID | None
    network: str | None
    periods: list[str]
    eligibility: Eligibility
    tie: str
    anonymity: str

    @classmethod
    def of(cls, row: Board) -> "BoardOut":
        """Shape a row."""
        eligibility = Eligibility.model_validate({name: getattr(row, name) for name in Eligibility.model_fields})
        return cls.model_validate({**row.model_dump(), "eligibility": eligibility})


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
