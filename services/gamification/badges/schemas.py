"""Bodies of answers about badges; a new one is sent as its definition."""

from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from services.gamification.badges.domain import Condition, Definition, Titles
from services.gamification.badges.service import Held


class BadgeOut(BaseModel):
    """A badge of a programme."""

    key: str
    titles: Titles
    condition: Condition
    rarity: float = Field(description="Part of the enrolled who hold it, 0 to 1.")

    @classmethod
    def of(cls, definition: Definition, rarity: float) -> "BadgeOut":
        """Shape a definition."""
        return cls(key=definition.key, titles=definition.titles, condition=definition.condition, rarity=rarity)


class BadgesOut(BaseModel):
    """The badges of a programme."""

    items: list[BadgeOut]
    next: None


class HeldBadgeOut(BaseModel):
    """A badge as it stands for one ambassador."""

    key: str
    titles: Titles
    condition: Condition
    rarity: float
    progress: float = Field(description="0 to 1; 1 when its condition holds.")
    earned_at: AwareDatetime | None
    revoked_at: list[AwareDatetime] = Field(description="When a correction took it, each time.")

    @classmethod
    def of(cls, held: Held) -> "HeldBadgeOut":
        """Shape what the service found."""
        return cls(
            key=held.definition.key,
            titles=held.definition.titles,
            condition=held.definition.condition,
            rarity=held.rarity,
            progress=held.progress,
            earned_at=held.earned_at,
            revoked_at=list(held.revocations),
        )


class HeldBadgesOut(BaseModel):
    """Every badge of the programme, for one ambassador."""

    ambassador_id: UUID
    items: list[HeldBadgeOut]
    next: None
