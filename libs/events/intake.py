"""What engagement has accepted and not yet applied: durable before the answer, private to services.engagement."""

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from libs.events.engagement import CountedKind, Kind, Provenance
from libs.events.envelope import Event


class AcceptedInteraction(BaseModel):
    """One valid interaction as a door took it: `person` is a keyed hash, and none for a reply (the comment has it).

    A reply `answers` the comment of that external id; `words` and `text_key` stand for its text.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    source: str
    external_id: str
    share_id: UUID
    kind: Kind
    person: str | None
    occurred_at: AwareDatetime
    provenance: Provenance
    answers: str | None = None
    words: int | None = None
    text_key: str | None = None


class InteractionsAccepted(Event):
    """The valid interactions of one request that was answered 202; a large one comes as several events."""

    type: ClassVar[str] = "intake.interactions.accepted.v1"

    receipt_id: UUID
    programme_id: UUID
    interactions: tuple[AcceptedInteraction, ...]
    accepted: int | None = Field(default=None, description="Of the whole request; none when this event is all of it.")


class AcceptedCount(BaseModel):
    """One absolute count of one kind on one share."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    share_id: UUID
    kind: CountedKind
    count: int
    read_at: AwareDatetime
    provenance: Provenance


class CountsAccepted(Event):
    """The valid counts of one import; a large one comes as several events."""

    type: ClassVar[str] = "intake.counts.accepted.v1"

    receipt_id: UUID
    programme_id: UUID
    counts: tuple[AcceptedCount, ...]
    accepted: int | None = Field(default=None, description="Of the whole request; none when this event is all of it.")
