"""Bodies of requests and answers about levels."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from services.gamification.levels.domain import MOST_POINTS, is_ladder
from services.gamification.levels.service import Progress


def _rising(points: list[int]) -> list[int]:
    if not is_ladder(points):
        raise ValueError("each level must need more points than the one before, and the first at least one")
    return points


Ladder = Annotated[
    list[Annotated[int, Field(ge=1, le=MOST_POINTS)]],
    Field(min_length=1, max_length=100, description="Lifetime points that each level needs, lowest first."),
]


class LadderIn(BaseModel):
    """Another ladder for a programme."""

    model_config = ConfigDict(extra="forbid")

    points: Annotated[Ladder, AfterValidator(_rising)]


class LadderOut(BaseModel):
    """The ladder of a programme."""

    programme_id: UUID
    points: list[int]


class ProgressOut(BaseModel):
    """The level of an ambassador, and the way to the next."""

    ambassador_id: UUID
    level: int
    since: AwareDatetime | None
    points: float = Field(description="Of all time.")
    next_at: int | None = Field(description="Points that the next level needs; null at the top.")
    done: float = Field(description="How much of the way to the next level is done, 0 to 1.")

    @classmethod
    def of(cls, ambassador_id: UUID, progress: Progress) -> "ProgressOut":
        """Shape what the service found."""
        return cls(
            ambassador_id=ambassador_id,
            level=progress.level,
            since=progress.since,
            points=progress.milli_points / 1000,
            next_at=progress.next_at,
            done=progress.done,
        )
