"""Bodies of requests and answers about challenges."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationInfo, field_validator

from libs.web.texts import ONE_LINE
from services.gamification.challenges.domain import LONGEST_DAYS, Draft, Kind, Part, State, done
from services.gamification.challenges.service import Standing
from services.gamification.counters.domain import CounterName

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=ONE_LINE)]


class ChallengeIn(BaseModel):
    """A new challenge; both days are included, in the programme's time zone."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    title: Title
    counter: CounterName
    first_day: date
    last_day: date
    target: Annotated[int, Field(ge=1, le=100_000_000)]

    @field_validator("last_day")
    @classmethod
    def _after_the_first(cls, last_day: date, info: ValidationInfo) -> date:
        first_day = info.data.get("first_day", last_day)
        if last_day < first_day:
            raise ValueError("must not be before first_day")
        if (last_day - first_day).days >= LONGEST_DAYS:
            raise ValueError(f"must be within {LONGEST_DAYS} days")
        return last_day

    def draft(self) -> Draft:
        """Return it as the service takes it."""
        return Draft(**self.model_dump())


class ChallengeOut(BaseModel):
    """A challenge as it stands."""

    id: UUID
    programme_id: UUID
    kind: Kind
    title: str
    counter: CounterName
    first_day: date
    last_day: date
    target: int
    state: State
    total: int = Field(description="What all ambassadors did together.")
    done: float | None = Field(description="Of a collective one: how much of the target is reached, 0 to 1.")
    takers: int = Field(description="How many ambassadors have done anything for it.")
    completed_by: int = Field(description="Of an individual one: how many have reached the target.")
    completed_at: AwareDatetime | None = Field(description="Of a collective one.")
    cancelled_at: AwareDatetime | None = Field(description="It stays as it stood then.")

    @classmethod
    def of(cls, standing: Standing) -> Self:
        """Shape what the service found."""
        row = standing.challenge
        return cls.model_validate(
            {
                **row.model_dump(),
                "state": standing.state,
                "done": done(row.total, row.target) if row.kind == "collective" else None,
                "takers": standing.takers,
                "completed_by": standing.completed_by,
            }
        )


class PartOut(BaseModel):
    """What one ambassador brings to a challenge."""

    challenge_id: UUID
    ambassador_id: UUID
    kind: Kind
    state: State
    target: int
    value: int
    done: float | None = Field(description="Of an individual one: how much of the target is reached, 0 to 1.")
    completed_at: AwareDatetime | None

    @classmethod
    def of(cls, standing: Standing, part: Part) -> Self:
        """Shape what the service found."""
        row = standing.challenge
        return cls.model_validate(
            {
                "challenge_id": row.id,
                "ambassador_id": part.ambassador_id,
                "kind": row.kind,
                "state": standing.state,
                "target": row.target,
                "value": part.value,
                "done": done(part.value, row.target) if row.kind == "individual" else None,
                "completed_at": part.completed_at,
            }
        )
