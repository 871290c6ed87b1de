"""What services.content tells: programmes, campaigns, items and proposals."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from libs.events.envelope import Event


class ProgrammeCreated(Event):
    """A programme exists; its calendar decides which week and season a fact falls into."""

    type: ClassVar[str] = "content.programme.created.v1"

    programme_id: UUID
    name: str
    time_zone: str
    first_day: date
    charter_version: int


class CampaignCreated(Event):
    """A campaign with one objective was opened in a programme."""

    type: ClassVar[str] = "content.campaign.created.v1"

    campaign_id: UUID
    programme_id: UUID
    name: str
    objective: str
    kpi: str
    target: int
    starts_on: date
    ends_on: date
    captions_locked: bool = Field(default=False, description="Its captions must be used as they are.")


class PublishedCaption(BaseModel):
    """One suggested text of an item. No network means: for any."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    caption_id: UUID
    network: str | None
    language: str
    text: str


class ItemPublished(Event):
    """An item became visible to the programme, with the texts that shares of it are compared to."""

    type: ClassVar[str] = "content.item.published.v1"

    item_id: UUID
    programme_id: UUID
    campaign_id: UUID
    title: str
    captions: tuple[PublishedCaption, ...]
    published_at: AwareDatetime
    url: str | None = Field(default=None, description="What it is about; tracked links of it lead there.")


class ProposalApproved(Event):
    """A manager took up what an ambassador proposed: it is a draft item of a campaign now. Told once for a proposal."""

    type: ClassVar[str] = "content.proposal.approved.v1"

    proposal_id: UUID
    programme_id: UUID
    ambassador_id: UUID = Field(description="Who proposed it.")
    item_id: UUID = Field(description="The draft that came of it; `content.item.published.v1` tells if it appears.")
    approved_at: AwareDatetime
