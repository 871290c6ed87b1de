"""Bodies of answers about badges; a new one is sent as its definition."""

from typing import Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.gamification.badges.domain import Condition, Titles
from services.gamification.badges.service import Held, Listed


class WordsIn(BaseModel):
    """What a badge is called from now on, in the place of the words of `version`; what it needs stays."""

    model_config = ConfigDict(extra="forbid")

    titles: Titles
    version: int = Field(ge=1, le=2_000_000_000, description="The one that was read.")


class BadgeOut(BaseModel):
    """A badge of a programme."""

    key: str
    titles: Titles
    version: int = Field(description="Of the words.")
    condition: Condition
    rarity: float = Field(description="Part of the enrolled who hold it, 0 to 1.")
    retired_at: AwareDatetime | None = Field(description="Since when nobody earns it; who has it keeps it.")

    @classmethod
    def of(cls, badge: Listed) -> "BadgeOut":
        """Shape what the service found."""
        return cls(**_badge(badge))


def _badge(badge: Listed) -> dict[str, Any]:  # Any: fields of either answer
    return {
        "key": badge.definition.key,
        "titles": badge.definition.titles,
        "version": badge.version,
        "condition": badge.definition.condition,
        "rarity": badge.rarity,
        "retired_at": badge.retired_at,
    }


class BadgesOut(BaseModel):
    """The badges of a programme."""

    items: list[BadgeOut]
    next: None


class HeldBadgeOut(BadgeOut):
    """A badge as it stands for one ambassador."""

    progress: float = Field(description="0 to 1; 1 when its condition holds.")
    earned_at: AwareDatetime | None
    revoked_at: list[AwareDatetime] = Field(description="When a correction took it, each time.")

    @classmethod
    def of_held(cls, held: Held) -> "HeldBadgeOut":
        """Shape what the service found."""
        return cls(
            **_badge(held.badge),
            progress=held.progress,
            earned_at=held.earned_at,
            revoked_at=list(held.revocations),
        )


class HeldBadgesOut(BaseModel):
    """The badges of the programme, for one ambassador."""

    ambassador_id: UUID
    items: list[HeldBadgeOut]
    next: None
