"""Bodies of requests and answers about spotlights."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from libs.web.texts import PROSE
from services.gamification.recognition.domain import Ground, Suggestion
from services.gamification.recognition.tables import Spotlight

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000, pattern=PROSE)]


class SpotlightIn(BaseModel):
    """Whom to put into the spotlight, and why; the programme reads it."""

    model_config = ConfigDict(extra="forbid")

    ambassador_id: UUID
    reason: Reason


class SpotlightOut(BaseModel):
    """A spotlight."""

    id: UUID
    programme_id: UUID
    ambassador_id: UUID
    reason: str
    given_at: AwareDatetime

    @classmethod
    def of(cls, row: Spotlight) -> "SpotlightOut":
        """Shape a row."""
        return cls(**row.model_dump())


class SuggestionOut(BaseModel):
    """Somebody who may deserve a spotlight, and the figures."""

    ground: Ground
    ambassador_id: UUID
    points: float
    points_before: float | None = Field(description="For an improvement: in the four weeks before.")

    @classmethod
    def of(cls, one: Suggestion) -> "SuggestionOut":
        """Shape a suggestion."""
        return cls(
            ground=one.ground,
            ambassador_id=one.ambassador_id,
            points=one.milli_points / 1000,
            points_before=None if one.before is None else one.before / 1000,
        )


class SuggestionsOut(BaseModel):
    """The best three of each ground."""

    week: str
    items: list[SuggestionOut]
