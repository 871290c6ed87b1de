"""From where on something looks arranged: the limits of a programme, each within a range where it says something."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

FIRST_VERSION = 1  # the product's own limits hold until a programme sets others


class PodLimits(BaseModel):
    """A pod has so many members or more; its density and what each receives from within are over these (0 to 1)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    members: Annotated[int, Field(ge=3, le=50)] = 4
    density: Annotated[float, Field(ge=0.3, lt=1, description="Mean of min/max of mutual actions, over all pairs.")] = (
        0.6
    )
    inside: Annotated[float, Field(ge=0.3, lt=1, description="Part of what each member received.")] = 0.5


class CrowdLimits(BaseModel):
    """A crowd has so many people or more on so many posts in a row; any two are alike by more than this (Jaccard)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    people: Annotated[int, Field(ge=5, le=1000)] = 10
    in_a_row: Annotated[int, Field(ge=2, le=10)] = 3
    alike: Annotated[float, Field(ge=0.3, lt=1)] = 0.6


class BurstLimits(BaseModel):
    """More than so many people first touched one share within so many seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    people: Annotated[int, Field(ge=5, le=10_000)] = 20
    within_seconds: Annotated[int, Field(ge=5, le=3600)] = 60


class Limits(BaseModel):
    """All limits of a programme; what is left out is the product's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pod: PodLimits = PodLimits()
    crowd: CrowdLimits = CrowdLimits()
    burst: BurstLimits = BurstLimits()
