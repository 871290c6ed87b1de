"""Bodies of requests and answers about spotlights."""

from collections.abc import Collection
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from libs.web.texts import PROSE
from services.gamification.recognition.domain import Appearance, Ground, Shown, Suggestion
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
    ambassador_id: UUID | None = Field(description="Null for who reads of somebody under a pseudonym.")
    appearance: Appearance = Field(description="How the ambassador wants to appear to the programme.")
    reason: str
    given_at: AwareDatetime
    withdrawn_at: AwareDatetime | None

    @classmethod
    def of(cls, shown: Shown[Spotlight]) -> "SpotlightOut":
        """Shape a row for who may know everybody."""
        return cls(**shown.row.model_dump(), appearance=shown.appearance)

    def seen_by(self, own: Collection[UUID]) -> "SpotlightOut":
        """Return it as the rest of the programme may see it: only oneself and who shows their name is named."""
        if self.appearance == "name" or self.ambassador_id in own:
            return self
        return self.model_copy(update={"ambassador_id": None})


class SuggestionOut(BaseModel):
    """Somebody who may deserve a spotlight, and the figures."""

    ground: Ground
    ambassador_id: UUID
    appearance: Appearance = Field(description="How the programme would see them in the spotlight.")
    points: float
    points_before: float | None = Field(description="For an improvement: in the four weeks before.")

    @classmethod
    def of(cls, shown: Shown[Suggestion]) -> "SuggestionOut":
        """Shape a suggestion."""
        one = shown.row
        return cls(
            appearance=shown.appearance,
            ground=one.ground,
            ambassador_id=one.ambassador_id,
            points=one.milli_points / 1000,
            points_before=None if one.before is None else one.before / 1000,
        )


class SuggestionsOut(BaseModel):
    """The best three of each ground."""

    week: str
    items: list[SuggestionOut]
