"""What services.gamification tells: each entry of the ledger with all that made it."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

from libs.events.envelope import Event


class PeriodBalance(BaseModel):
    """What an ambassador holds in one period after an entry; absolute, fenced by the ledger's sequence."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    period: str = Field(description="`all`, a season (`S001`) or a week (`2026-W47`).")
    milli_points: int
    sequence: int


class PointsAwarded(Event):
    """The ledger booked a difference; `balances` are absolute, so that a listener may apply them in any order."""

    type: ClassVar[str] = "gamification.points.awarded.v1"

    entry_id: UUID
    sequence: int
    programme_id: UUID
    ambassador_id: UUID
    share_id: UUID | None
    week: str
    season: str
    kind: Literal["share", "replies", "conversions"]
    rules_version: int
    before: int = Field(description="Milli-points of this line before.")
    after: int = Field(description="Milli-points of this line now.")
    factors: dict[str, JsonValue]
    balances: tuple[PeriodBalance, ...]
    booked_at: AwareDatetime
