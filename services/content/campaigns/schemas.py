"""Bodies of requests and answers about campaigns."""

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from libs.web.texts import ONE_LINE
from services.content.campaigns.tables import Campaign

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=ONE_LINE)]
Objective = Literal["awareness", "employer_brand", "traffic", "leads", "internal_engagement"]
Kpi = Literal["reach", "reactions", "comments", "reshares", "clicks", "conversions", "active_ambassadors"]


class ObjectiveIn(BaseModel):
    """What the campaign is for, and by which number one will know."""

    model_config = ConfigDict(extra="forbid")

    kind: Objective
    kpi: Kpi
    target: int = Field(ge=1, le=1_000_000_000)


class CampaignIn(BaseModel):
    """A new campaign."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    objective: ObjectiveIn
    starts_on: date
    ends_on: date
    captions_locked: bool = Field(
        default=False, description="The captions must be used as they are, as legal wording must."
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.ends_on < self.starts_on:
            raise ValueError("ends_on must not be before starts_on")
        return self


class CampaignOut(BaseModel):
    """A campaign."""

    id: UUID
    programme_id: UUID
    name: str
    objective: ObjectiveIn
    starts_on: date
    ends_on: date
    captions_locked: bool

    @classmethod
    def of(cls, row: Campaign) -> "CampaignOut":
        """Shape a row."""
        objective = {"kind": row.objective, "kpi": row.kpi, "target": row.target}
        return cls.model_validate({**row.model_dump(), "objective": objective})
