"""The table of shares."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from libs.storage.tables import TIMESTAMP


class Share(SQLModel, table=True):
    """One publication with its text, and what was measured when it was recorded.

    The text is kept: reuse cannot be measured again from anything less. `parrot` is in ten-thousandths; `passages`
    are [start, end] spans of characters of the text.
    """

    __tablename__ = "share"

    id: UUID = Field(primary_key=True)
    ambassador_id: UUID = Field(foreign_key="ambassador.id")
    programme_id: UUID
    team_id: UUID
    item_id: UUID | None = Field(default=None, foreign_key="sharing_item.id")
    campaign_id: UUID | None = None
    network: str
    text: str
    post_url: str | None = None
    published_at: datetime = Field(sa_type=TIMESTAMP)
    recorded_at: datetime = Field(sa_type=TIMESTAMP)
    audience: int | None = None
    words: int
    copied: int
    passages: list[list[int]] = Field(sa_type=JSONB)
    caption_id: UUID | None = Field(default=None, foreign_key="sharing_caption.id")
    parrot: int
    colleagues: int
    compared: int
    self_repeats: int
    measure_version: int
