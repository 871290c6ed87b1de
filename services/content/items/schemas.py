"""Bodies of requests and answers about items."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, HttpUrl, StringConstraints

from libs.events.sharing import Network
from libs.web.texts import ONE_LINE, PROSE
from services.content.items.tables import Caption, Item

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=ONE_LINE)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000, pattern=PROSE)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")]


class CaptionIn(BaseModel):
    """One suggested text; without a network it is for any."""

    model_config = ConfigDict(extra="forbid")

    network: Network | None = None
    language: Language
    text: Text


class ItemIn(BaseModel):
    """A new item, drafted."""

    model_config = ConfigDict(extra="forbid")

    title: Title
    url: HttpUrl | None = None
    captions: Annotated[list[CaptionIn], Field(min_length=1, max_length=20)]


class CaptionOut(BaseModel):
    """A caption."""

    id: UUID
    network: Network | None
    language: str
    text: str


class ItemOut(BaseModel):
    """An item with its captions; `published_at` is null for a draft."""

    id: UUID
    campaign_id: UUID
    programme_id: UUID
    title: str
    url: str | None
    published_at: AwareDatetime | None
    captions: list[CaptionOut]

    @classmethod
    def of(cls, found: tuple[Item, Sequence[Caption]]) -> "ItemOut":
        """Shape an item and its captions."""
        row, captions = found
        return cls.model_validate({**row.model_dump(), "captions": [caption.model_dump() for caption in captions]})
