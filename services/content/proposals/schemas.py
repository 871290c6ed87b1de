"""Bodies of requests and answers about proposals."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, HttpUrl, StringConstraints

from libs.web.texts import PROSE
from services.content.items.schemas import Language, Text, Title
from services.content.proposals.domain import State
from services.content.proposals.tables import Proposal

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000, pattern=PROSE)]


class ProposalIn(BaseModel):
    """An item that its proposer would like to see; the text becomes its first caption."""

    model_config = ConfigDict(extra="forbid")

    title: Title
    url: HttpUrl | None = None
    language: Language
    text: Text


class ApprovalIn(BaseModel):
    """Where the item is drafted."""

    model_config = ConfigDict(extra="forbid")

    campaign_id: UUID


class DeclineIn(BaseModel):
    """Why there will be no item."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason = Field(description="The proposer reads it.")


class ProposalOut(BaseModel):
    """A proposal; `item_id` is the draft that came of it, `reason` why none did."""

    id: UUID
    programme_id: UUID
    ambassador_id: UUID
    title: str
    url: str | None
    language: str
    text: str
    proposed_at: AwareDatetime
    state: State
    decided_at: AwareDatetime | None
    reason: str | None
    item_id: UUID | None

    @classmethod
    def of(cls, row: Proposal) -> "ProposalOut":
        """Shape a row."""
        return cls.model_validate(row, from_attributes=True)
