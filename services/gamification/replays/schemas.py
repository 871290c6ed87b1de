"""Bodies of requests and answers about trying rules."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.gamification.replays.tables import SimulatedOutcome, Simulation


class SimulationIn(BaseModel):
    """The season to try a version of the rules on."""

    model_config = ConfigDict(extra="forbid")

    season: Annotated[str, Field(pattern=r"^S\d{3}$")]


class FiguresOut(BaseModel):
    """A season under the rules in force (now) and under the version tried (then)."""

    points_now: float
    points_then: float
    gini_now: float = Field(description="How unevenly points are spread: 0 all equal, towards 1 one holds everything.")
    gini_then: float
    gaining: int
    losing: int
    unchanged: int


class SimulationOut(BaseModel):
    """How far a simulation is and, when it is done, what it found."""

    simulation_id: UUID
    version: int
    season: str
    state: Literal["waiting", "running", "done"]
    ambassadors: int = Field(description="How many there were to try the rules on when it was asked for.")
    counted: int
    requested_at: AwareDatetime
    finished_at: AwareDatetime | None
    figures: FiguresOut | None = Field(description="Null until it is done.")

    @classmethod
    def of(cls, row: Simulation) -> "SimulationOut":
        """Shape a row."""
        return cls(
            simulation_id=row.id,
            version=row.version,
            season=row.season,
            state="done" if row.finished_at else "running" if row.counted else "waiting",
            ambassadors=row.ambassadors,
            counted=row.counted,
            requested_at=row.requested_at,
            finished_at=row.finished_at,
            figures=_figures(row) if row.finished_at else None,
        )


def _figures(row: Simulation) -> FiguresOut:
    gaining, losing = row.gaining or 0, row.losing or 0
    return FiguresOut(
        points_now=(row.total_now or 0) / 1000,
        points_then=(row.total_then or 0) / 1000,
        gini_now=round(row.gini_now or 0, 4),
        gini_then=round(row.gini_then or 0, 4),
        gaining=gaining,
        losing=losing,
        unchanged=row.counted - gaining - losing,
    )


class OutcomeOut(BaseModel):
    """What becomes of one ambassador; equal totals share a rank."""

    ambassador_id: UUID
    points_now: float
    points_then: float
    rank_now: int
    rank_then: int

    @classmethod
    def of(cls, row: SimulatedOutcome) -> "OutcomeOut":
        """Shape a row."""
        return cls(
            ambassador_id=row.ambassador_id,
            points_now=row.now / 1000,
            points_then=row.then / 1000,
            rank_now=row.rank_now or 0,
            rank_then=row.rank_then or 0,
        )
