"""Bodies of answers about seasons."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from libs.web.pages import Page
from libs.web.texts import ONE_LINE
from services.gamification.seasons.domain import State
from services.gamification.seasons.service import Frozen, Known
from services.gamification.seasons.tables import SeasonStanding


class SeasonIn(BaseModel):
    """A season to come: where it lies in the programme's calendar, and what it is called."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, Field(min_length=1, max_length=100, pattern=ONE_LINE)]
    first_monday: date = Field(description="A Monday after the season that runs now.")
    weeks: Annotated[int, Field(ge=1, le=53)]


class SeasonOut(BaseModel):
    """A season: `people` and `digest` are null until its standings are frozen."""

    season: str = Field(description="Its number in the order of time; that of an `upcoming` one may still change.")
    title: str | None = Field(description="Null unless it was planned.")
    first_day: date
    weeks: int
    ends_at: AwareDatetime
    state: Literal["upcoming", "open", "frozen", "settled", "archived"]
    people: int | None
    digest: str | None
    frozen_at: AwareDatetime | None

    @classmethod
    def of(cls, known: Known) -> "SeasonOut":
        """Shape a season."""
        row = known.row
        return cls(
            season=known.season.name,
            title=known.title,
            first_day=known.season.first_day,
            weeks=known.season.weeks,
            ends_at=known.season.ends_at,
            state=State(row.state).value if row else "open" if known.has_begun else "upcoming",
            people=row.people if row else None,
            digest=row.digest if row else None,
            frozen_at=row.frozen_at if row else None,
        )


class SeasonsOut(BaseModel):
    """The seasons of a programme, newest first, with those to come as far as it has planned."""

    items: list[SeasonOut]
    next: None


class FrozenStandingOut(BaseModel):
    """Where somebody stood; `ambassador_id` is null for those who show no name on boards."""

    rank: int = Field(description="As the programme's own board ranked: the place, or the shared rank.")
    place: int = Field(description="Of equals whoever had it first stands first.")
    shared_rank: int = Field(description="Equals share a rank: 1, 2, 2, 4.")
    ambassador_id: UUID | None
    points: float


class FrozenStandingsOut(BaseModel):
    """The standings of a closed season; `digest` is of place, id and milli-points of all of them."""

    season: str
    tie: Literal["first", "shared"] = Field(description="How the programme's own board ranked equals.")
    people: int
    digest: str
    standings: Page[FrozenStandingOut]


def standing_out(row: SeasonStanding, frozen: Frozen) -> FrozenStandingOut:
    """Shape a row."""
    who = row.ambassador_id if row.ambassador_id in frozen.named else None
    return FrozenStandingOut(
        rank=row.rank if tie_of(frozen) == "shared" else row.place,
        place=row.place,
        shared_rank=row.rank,
        ambassador_id=who,
        points=row.milli_points / 1000,
    )


def tie_of(frozen: Frozen) -> Literal["first", "shared"]:
    """Return how equals were ranked; a season frozen before this was kept: the first to reach it first."""
    return "shared" if frozen.row.tie == "shared" else "first"
