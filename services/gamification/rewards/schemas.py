"""Bodies of requests and answers about rewards."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from libs.web.pages import Page
from libs.web.texts import ONE_LINE
from services.gamification.rewards.domain import Purse, State
from services.gamification.rewards.tables import Redemption, Reward

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=ONE_LINE)]


class RewardIn(BaseModel):
    """A reward; without `stock` or `per_person` there is no such limit."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    price: int = Field(ge=1, le=10_000_000, description="In whole points.")
    stock: int | None = Field(default=None, ge=0, le=1_000_000, description="How many are left.")
    per_person: int | None = Field(default=None, ge=1, le=1_000_000)


class RewardOut(BaseModel):
    """A reward of the catalogue."""

    id: UUID
    programme_id: UUID
    name: str
    price: int
    stock: int | None
    per_person: int | None

    @classmethod
    def of(cls, row: Reward) -> "RewardOut":
        """Shape a row."""
        return cls(**{**row.model_dump(), "price": row.price // 1000})


class RedemptionOut(BaseModel):
    """A redemption, at the price of the moment when it was asked for."""

    id: UUID
    reward_id: UUID
    programme_id: UUID
    ambassador_id: UUID
    price: int
    state: State
    requested_at: AwareDatetime
    changed_at: AwareDatetime

    @classmethod
    def of(cls, row: Redemption) -> "RedemptionOut":
        """Shape a row."""
        return cls.model_validate({**row.model_dump(), "price": row.price // 1000})


class PurseOut(BaseModel):
    """What an ambassador got, spent, and can spend; below zero after a correction of points already spent."""

    ambassador_id: UUID
    lifetime_points: float
    spent_points: float
    spendable_points: float
    redemptions: Page[RedemptionOut]

    @classmethod
    def of(cls, ambassador_id: UUID, purse: Purse, redemptions: Page[RedemptionOut]) -> "PurseOut":
        """Shape the points of an ambassador."""
        return cls(
            ambassador_id=ambassador_id,
            lifetime_points=purse.lifetime / 1000,
            spent_points=purse.spent / 1000,
            spendable_points=purse.spendable / 1000,
            redemptions=redemptions,
        )
