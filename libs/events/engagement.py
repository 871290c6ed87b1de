"""What services.engagement tells: deduplicated interactions with opaque persons, those taken back, absolute counts."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from libs.events.envelope import Event

Kind = Literal["reaction", "comment", "reply", "reshare", "mention", "click", "conversion", "follow"]
CountedKind = Literal["reaction", "comment", "reshare", "mention", "click"]
Provenance = Literal["measured", "imported", "declared", "estimated"]


class RecordedInteraction(BaseModel):
    """One interaction, counted once. `person` is a keyed hash; a colleague is named by ambassador id.

    For a reply (the author's answer) `person` is whom it answers, `asked_at` the time of their comment, `words` its
    length, and `text_key` a keyed hash of its normalised words (equal for copies of one answer).
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    interaction_id: UUID
    share_id: UUID
    ambassador_id: UUID = Field(description="The author of the share.")
    kind: Kind
    person: str
    colleague_id: UUID | None
    occurred_at: AwareDatetime
    provenance: Provenance
    asked_at: AwareDatetime | None = None
    words: int | None = None
    text_key: str | None = None


class InteractionsRecorded(Event):
    """Interactions of one programme and one partition of authors, applied in one transaction."""

    type: ClassVar[str] = "engagement.interactions.recorded.v1"

    programme_id: UUID
    interactions: tuple[RecordedInteraction, ...]


class WithdrawnInteraction(RecordedInteraction):
    """One interaction that counts no longer, with all that was told when it was recorded; it never comes back.

    `comment_id` is of a reply: the comment that it answers was withdrawn, and so the reply answers nothing that counts.
    """

    withdrawn_at: AwareDatetime = Field(description="When it was taken back, as far as its source says.")
    comment_id: UUID | None = None


class InteractionsWithdrawn(Event):
    """Interactions of one programme and one partition of authors that were recorded and are taken back.

    It may come before the event that records them: whoever keeps interactions remembers these ids.
    """

    type: ClassVar[str] = "engagement.interactions.withdrawn.v1"

    programme_id: UUID
    interactions: tuple[WithdrawnInteraction, ...]


class CommentWaiting(Event):
    """A comment on an ambassador's share has waited for an answer for as long as the programme chose; told once."""

    type: ClassVar[str] = "engagement.comment.waiting.v1"

    programme_id: UUID
    ambassador_id: UUID = Field(description="The author of the share, who may answer.")
    share_id: UUID
    interaction_id: UUID = Field(description="The comment.")
    asked_at: AwareDatetime
    waited_minutes: int
    post_url: str | None


class ReportedCount(BaseModel):
    """An absolute count of one kind on one share, nobody named, as it was read at a time."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    share_id: UUID
    ambassador_id: UUID
    kind: CountedKind
    count: int
    read_at: AwareDatetime
    provenance: Provenance


class CountsReported(Event):
    """Absolute counts of one programme and one partition of authors."""

    type: ClassVar[str] = "engagement.counts.reported.v1"

    programme_id: UUID
    counts: tuple[ReportedCount, ...]
