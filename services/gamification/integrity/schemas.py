"""Bodies of requests and answers about holds."""

from collections.abc import Collection, Sequence
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from libs.web.texts import PROSE
from services.gamification.integrity.domain import Kind, Limits, State, reason
from services.gamification.integrity.service.limits import SetLimits
from services.gamification.integrity.tables import Hold, HoldAnswer
from services.gamification.rules.domain import Language

AnswerText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000, pattern=PROSE)]


class AnswerIn(BaseModel):
    """What the ambassador says to it; a later answer takes the place of an earlier one."""

    model_config = ConfigDict(extra="forbid")

    text: AnswerText


class AnswerOut(BaseModel):
    """What an ambassador said to a hold."""

    ambassador_id: UUID
    text: str
    answered_at: AwareDatetime


class HoldOut(BaseModel):
    """What looked arranged, why, and what became of it."""

    id: UUID
    programme_id: UUID
    kind: Kind
    state: State
    ambassador_ids: list[UUID] = Field(description="For an ambassador: only their own.")
    share_ids: list[UUID]
    reason: str
    figures: dict[str, int] = Field(description="What was seen; shares in percent.")
    limits: dict[str, int | float] = Field(description="Beyond which it was found, of this version of the limits.")
    limits_version: int
    points: float = Field(description="What the hold took out of balances.")
    found_at: AwareDatetime
    decided_at: AwareDatetime | None
    answers: list[AnswerOut]

    @classmethod
    def of(cls, row: Hold, answers: Sequence[HoldAnswer], language: Language) -> "HoldOut":
        """Shape a row for who reviews it."""
        kind = Kind(row.kind)
        return cls(
            id=row.id,
            programme_id=row.programme_id,
            kind=kind,
            state=State(row.state),
            ambassador_ids=row.ambassador_ids,
            share_ids=row.share_ids,
            reason=reason(kind, row.figures, language),
            figures=row.figures,
            limits=row.limits,
            limits_version=row.limits_version,
            points=row.milli_points / 1000,
            found_at=row.found_at,
            decided_at=row.decided_at,
            answers=[AnswerOut(**answer.model_dump(exclude={"hold_id"})) for answer in answers],
        )

    def for_person(self, own: Collection[UUID]) -> "HoldOut":
        """Return what one of several concerned ambassadors may see: nobody else's name or words."""
        return self.model_copy(
            update={
                "ambassador_ids": [who for who in self.ambassador_ids if who in own],
                "answers": [answer for answer in self.answers if answer.ambassador_id in own],
            }
        )


class IntegrityBody(BaseModel):
    """Whether repeated crowds and bursts hold points at once; pods never do."""

    model_config = ConfigDict(extra="forbid")

    hold_automatically: bool


class LimitsIn(Limits):
    """Limits in the place of those of `version`; what is left out is the product's."""

    version: int = Field(ge=1, le=2_000_000_000, description="The one that was read.")

    def limits(self) -> Limits:
        """Return them without the version."""
        return Limits(**self.model_dump(exclude={"version"}))


class LimitsOut(Limits):
    """A version of a programme's limits."""

    version: int
    set_at: AwareDatetime | None = Field(description="Null: the product's own.")

    @classmethod
    def of(cls, one: SetLimits) -> "LimitsOut":
        """Shape what holds."""
        return cls(**one.limits.model_dump(), version=one.version, set_at=one.set_at)
