"""Bodies of requests and answers about trying rules."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.gamification.replays.domain import Comparison, Ranked


class TrialIn(BaseModel):
    """The season to try a version of the rules on."""

    model_config = ConfigDict(extra="forbid")

    season: Annotated[str, Field(pattern=r"^S\d{3}$")]
    limit: Annotated[int, Field(ge=1, le=10_000, description="How many ambassadors to show at most.")] = 1000


class OutcomeOut(BaseModel):
    """What becomes of one ambassador; equal totals share a rank."""

    ambassador_id: UUID
    points_now: float
    points_then: float
    rank_now: int
    rank_then: int

    @classmethod
    def of(cls, row: Ranked) -> "OutcomeOut":
        """Shape a row."""
        return cls(
            ambassador_id=row.outcome.ambassador_id,
            points_now=row.outcome.now / 1000,
            points_then=row.outcome.then / 1000,
            rank_now=row.rank_now,
            rank_then=row.rank_then,
        )


class TrialOut(BaseModel):
    """A season under the rules in force (now) and under the version tried (then)."""

    season: str
    version: int
    gini_now: float = Field(description="How unevenly points are spread: 0 all equal, towards 1 one holds everything.")
    gini_then: float
    ambassadors: int
    gaining: int
    losing: int
    unchanged: int
    items: list[OutcomeOut] = Field(description="Those whose points change most come first.")

    @classmethod
    def of(cls, comparison: Comparison, *, version: int, body: TrialIn) -> "TrialOut":
        """Shape a comparison."""
        return cls(
            season=body.season,
            version=version,
            gini_now=round(comparison.gini_now, 4),
            gini_then=round(comparison.gini_then, 4),
            ambassadors=len(comparison.ranked),
            gaining=comparison.gaining,
            losing=comparison.losing,
            unchanged=comparison.unchanged,
            items=[OutcomeOut.of(row) for row in comparison.ranked[: body.limit]],
        )
