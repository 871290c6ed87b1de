"""Bodies of requests and answers about deliveries and replays."""

from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from gateway.webhooks.deliveries.domain import Reason, State
from gateway.webhooks.deliveries.tables import Delivery, Replay
from gateway.webhooks.endpoints.answers import Answer, Outcome


class AttemptOut(BaseModel):
    """One attempt; `answer` is the beginning of what the endpoint said."""

    at: AwareDatetime
    outcome: Outcome
    status: int | None
    seconds: float
    answer: str


class DeliveryOut(BaseModel):
    """An event for a webhook. `attempts` holds the last twenty, `attempted` says how many there were.

    `event_id` is the `webhook-id` that its receiver sees, the same in every attempt.
    """

    id: UUID
    webhook_id: UUID
    event_id: str
    event_type: str
    state: State
    attempted: int
    attempts: list[AttemptOut]
    next_try_at: AwareDatetime | None
    created_at: AwareDatetime
    ended_at: AwareDatetime | None

    @classmethod
    def of(cls, row: Delivery, *, enabled: bool) -> "DeliveryOut":
        """Shape a row; nothing is tried next while its webhook is disabled."""
        waits = enabled and row.state == State.WAITING
        shaped = {
            **row.model_dump(exclude={"body", "log"}),
            "attempted": row.attempts,
            "attempts": row.log,
            "next_try_at": row.next_at if waits else None,
        }
        return cls.model_validate(shaped)


class ReplayIn(BaseModel):
    """From when on events are sent again; with `delivered` also those that had arrived."""

    model_config = ConfigDict(extra="forbid")

    since: AwareDatetime
    delivered: bool = Field(default=False, description="Send also what the endpoint has answered with 2xx.")


class ReplayOut(BaseModel):
    """A replay: `queued` deliveries are due by it so far."""

    webhook_id: UUID
    reason: Reason
    since: AwareDatetime
    until: AwareDatetime
    delivered: bool
    queued: int
    asked_at: AwareDatetime
    ended_at: AwareDatetime | None

    @classmethod
    def of(cls, row: Replay) -> "ReplayOut":
        """Shape a row."""
        return cls.model_validate({**row.model_dump(), "delivered": row.again})


class TrialOut(BaseModel):
    """What a test came to. `event_id` is the `webhook-id` that it was sent with."""

    event_id: UUID
    outcome: Outcome
    status: int | None
    seconds: float
    answer: str

    @classmethod
    def of(cls, event_id: UUID, answer: Answer) -> "TrialOut":
        """Shape an answer."""
        return cls(
            event_id=event_id,
            outcome=answer.outcome,
            status=answer.status,
            seconds=round(answer.seconds, 3),
            answer=answer.text,
        )
