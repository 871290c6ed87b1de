"""What services.sharing tells: who takes part, and each share as numbers, never as text."""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from libs.events.envelope import Event

Network = Literal["linkedin", "x", "facebook", "instagram", "other"]
Mode = Literal["manual", "validate", "delegated"]
# why a click is none, in the order in which it is judged; see docs/engagement.md
Verdict = Literal["valid", "prefetch", "no-agent", "crawler", "own-visit", "preview", "same-visitor", "crowded"]


class TeamCreated(Event):
    """A team exists in a programme."""

    type: ClassVar[str] = "sharing.team.created.v1"

    team_id: UUID
    programme_id: UUID
    name: str


class AmbassadorEnrolled(Event):
    """A person joined a programme by choice and accepted its charter."""

    type: ClassVar[str] = "sharing.ambassador.enrolled.v1"

    ambassador_id: UUID
    programme_id: UUID
    team_id: UUID
    subject_key: str = Field(description="Keyed hash of the token's subject: who may read what is private to them.")
    enrolled_on: date


class CohortFormed(Event):
    """A cohort was formed, changed its members or was dissolved; the highest version tells all its members."""

    type: ClassVar[str] = "sharing.cohort.formed.v1"

    cohort_id: UUID
    programme_id: UUID
    name: str
    ambassador_ids: tuple[UUID, ...] = Field(
        description="All members, by id; who is not among them is none. Empty: it was dissolved."
    )
    version: int = Field(description="1 when it is formed, one more at each change.")


class ConsentGiven(Event):
    """An ambassador allowed publishing on a network in one mode; a later one replaces it."""

    type: ClassVar[str] = "sharing.consent.given.v1"

    ambassador_id: UUID
    programme_id: UUID
    network: Network
    mode: Mode
    person_key: str | None = Field(description="Keyed hash of the handle: marks a colleague among reactions.")
    given_at: AwareDatetime


class ConsentWithdrawn(Event):
    """An ambassador took the consent for a network back."""

    type: ClassVar[str] = "sharing.consent.withdrawn.v1"

    ambassador_id: UUID
    programme_id: UUID
    network: Network
    withdrawn_at: AwareDatetime


class SharePublished(Event):
    """An ambassador published on a network; the inputs of scoring, measured when it was recorded."""

    type: ClassVar[str] = "sharing.share.published.v1"

    share_id: UUID
    ambassador_id: UUID
    programme_id: UUID
    team_id: UUID
    item_id: UUID | None
    campaign_id: UUID | None
    network: Network
    post_url: str | None
    published_at: AwareDatetime
    words: int = Field(description="Words of the post.")
    copied: int = Field(description="Of these, words that stand in a suggestion.")
    parrot: int = Field(description="k of the parrot effect, in ten-thousandths.")
    self_repeats: int = Field(description="Own near-duplicates of the last 90 days.")
    audience: int | None = Field(description="Contacts on the network, as declared.")
    measure_version: int


class Click(BaseModel):
    """One visit by a tracked link, with the verdict on it; a rejected one is told too, so that it can be judged again.

    `visitor` is a keyed hash of what is known of the visitor.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    click_id: UUID
    share_id: UUID
    ambassador_id: UUID = Field(description="The author of the share.")
    visitor: str
    occurred_at: AwareDatetime
    verdict: Verdict


class ClicksRecorded(Event):
    """Clicks on tracked links of one programme."""

    type: ClassVar[str] = "sharing.clicks.recorded.v1"

    programme_id: UUID
    clicks: tuple[Click, ...]
