"""Bodies of answers about seasons."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel

from libs.web.pages import Page
from services.gamification.seasons.domain import State
from services.gamification.seasons.service import Frozen, Known
from services.gamification.seasons.tables import SeasonStanding


class SeasonOut(BaseModel):
    """A season: `people` and `digest` are null until its standings are frozen."""

    season: str
    first_day: date
    ends_at: AwareDatetime
    state: Literal["open", "frozen", "settled", "archived"]
    people: int | None
    digest: str | None
    frozen_at: AwareDatetime | None

    @classmethod
    def of(cls, known: Known) -> "SeasonOut":
        """Shape a season."""
        row = known.row
        return cls(
            season=known.season.name,
            first_day=known.season.first_day,
            ends_at=known.season.ends_at,
            state=State(row.state).value if row else "open",
            people=row.people if row else None,
            digest=row.digest if row else None,
            frozen_at=row.frozen_at if row else None,
        )


class SeasonsOut(BaseModel):
    """The seasons of a programme that have begun, newest first."""

    items: list[SeasonOut]
    next: None


class FrozenStandingOut(BaseModel):
    """Where somebody stood; `ambassador_id` is null for those who show no name on boards."""

    rank: int
    ambassador_id: UUID | None
    points: float


class FrozenStandingsOut(BaseModel):
    """The standings of a closed season; `digest` is of all of them, with every id."""

    season: str
    people: int
    digest: str
    standings: Page[FrozenStandingOut]


def standing_out(row: SeasonStanding, frozen: Frozen) -> FrozenStandingOut:
    """Shape a row."""
    who = row.ambassador_id if row.ambassador_id in frozen.named else None
    return FrozenStandingOut(rank=row.place, ambassador_id=who, points=row.milli_points / 1000)
