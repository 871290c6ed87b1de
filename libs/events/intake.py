"""What engagement has accepted and not yet applied: durable before the answer, private to services.engagement.

A door knows only the form of what it is given. Whose share is meant, and who a person is on its network, is found when
it is applied, so that a share which is not told of yet costs a wait and not an interaction.
"""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from libs.events.engagement import Kind, Provenance
from libs.events.envelope import Event

Door = Literal["interactions", "snapshots", "imports", "webhooks", "conversions", "clicks"]
TakingBack = Literal["withdrawals", "webhooks"]
Goal = Literal["application", "lead", "registration"]
ReadKind = Literal["reaction", "comment", "reshare", "mention", "click", "follow", "impression", "reach"]


class AcceptedInteraction(BaseModel):
    """One interaction of valid form. Exactly one of `share_id` and `post_url` names the share.

    `name_key` is the keyed hash of a handle before its network is known (`PersonKeys.of_name`). Without an
    `external_id` a fingerprint of the rest identifies it. A reply `answers` the comment of that external id; `words`
    and `text_key` stand for its text. `goal` is of a conversion. `place` is where it stood in the request, 0 first.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    source: str
    external_id: str | None
    share_id: UUID | None = None
    post_url: str | None = None
    kind: Kind
    name_key: str | None = None
    occurred_at: AwareDatetime
    provenance: Provenance
    answers: str | None = None
    words: int | None = None
    text_key: str | None = None
    goal: Goal | None = None
    place: int | None = None


class InteractionsAccepted(Event):
    """The valid interactions of one request that was answered 202; a large one comes as several events.

    `programme_id` is None for what a network sends: its posts are looked for in all programmes. `accepted` is the size
    of the whole request: None when this event is all of it, 0 in all but the last event of a stream, whose size is
    known at its end.
    """

    type: ClassVar[str] = "intake.interactions.accepted.v1"

    receipt_id: UUID
    programme_id: UUID | None
    door: Door
    interactions: tuple[AcceptedInteraction, ...]
    accepted: int | None = None


class AcceptedCount(BaseModel):
    """One absolute count of one kind on one share, as it was read at a time; `impression` and `reach` are of views.

    `place` is where it stood in the request.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    share_id: UUID | None = None
    post_url: str | None = None
    kind: ReadKind
    count: int
    read_at: AwareDatetime
    provenance: Provenance
    place: int | None = None


class CountsAccepted(Event):
    """The valid counts of one request; a large one comes as several events. The fields are as above."""

    type: ClassVar[str] = "intake.counts.accepted.v1"

    receipt_id: UUID
    programme_id: UUID | None
    door: Door
    counts: tuple[AcceptedCount, ...]
    accepted: int | None = None


class AcceptedWithdrawal(BaseModel):
    """What was taken back, by its id at its source; `place` is where it stood in the request."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    source: str
    external_id: str
    withdrawn_at: AwareDatetime
    place: int | None = None


class WithdrawalsAccepted(Event):
    """The valid withdrawals of one request; a large one comes as several events. The fields are as above.

    `programme_id` is None for what a network takes back: its ids are the same in all programmes.
    """

    type: ClassVar[str] = "intake.withdrawals.accepted.v1"

    receipt_id: UUID
    programme_id: UUID | None
    door: TakingBack
    withdrawals: tuple[AcceptedWithdrawal, ...]
    accepted: int | None = None


class WebhookReceived(Event):
    """What a network sent, whole, after its signature was found right; read later."""

    type: ClassVar[str] = "intake.webhook.received.v1"

    receipt_id: UUID
    network: Literal["linkedin", "x", "meta"]
    body: str = Field(description="The raw body, JSON in UTF-8.")
    received_at: AwareDatetime
