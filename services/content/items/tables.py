"""The tables of items and captions."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from libs.storage.tables import TIMESTAMP


class Item(SQLModel, table=True):
    """A piece of content; a draft until `published_at` is set."""

    __tablename__ = "item"

    id: UUID = Field(primary_key=True)
    campaign_id: UUID = Field(foreign_key="campaign.id")
    programme_id: UUID = Field(foreign_key="programme.id")
    title: str
    url: str | None = None
    published_at: datetime | None = Field(default=None, sa_type=TIMESTAMP)


class Caption(SQLModel, table=True):
    """One suggested text of an item; no network means: for any."""

    __tablename__ = "caption"

    id: UUID = Field(primary_key=True)
    item_id: UUID = Field(foreign_key="item.id")
    position: int
    network: str | None = None
    language: str
    text: str
