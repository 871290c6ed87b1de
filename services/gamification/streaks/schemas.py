"""Bodies of requests and answers about streaks."""

from typing import Annotated
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services.gamification.streaks.domain import MOST_A_WEEK
from services.gamification.streaks.service import Standing


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("must be a time zone of the IANA database, such as Europe/Paris")
    return name


class CadenceIn(BaseModel):
    """What an ambassador wants to do each week; while paused, no week is missed."""

    model_config = ConfigDict(extra="forbid")

    target: Annotated[int, Field(ge=1, le=MOST_A_WEEK, description="Shares or answers a week.")]
    time_zone: Annotated[str, AfterValidator(_known_zone), Field(max_length=64)]
    paused: bool = False


class StreakOut(BaseModel):
    """An ambassador's cadence and streak, in ISO weeks of their time zone."""

    ambassador_id: UUID
    target: int
    time_zone: str
    paused: bool
    current: int = Field(description="Weeks in a row in which the target was met.")
    longest: int
    frozen: list[str] = Field(description="Weeks of the present streak that were missed and bridged: one in four.")

    @classmethod
    def of(cls, ambassador_id: UUID, standing: Standing) -> "StreakOut":
        """Shape what the service found."""
        return cls(
            ambassador_id=ambassador_id,
            target=standing.cadence.target,
            time_zone=standing.cadence.time_zone,
            paused=standing.cadence.paused,
            current=standing.streak.current,
            longest=standing.streak.longest,
            frozen=list(standing.streak.frozen),
        )
