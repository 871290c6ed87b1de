"""The tables of what content told."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from libs.storage.tables import TIMESTAMP


class Programme(SQLModel, table=True):
    """The part of a programme that enrolment and shares need."""

    __tablename__ = "sharing_programme"

    id: UUID = Field(primary_key=True)
    time_zone: str
    first_day: date
    charter_version: int


class Item(SQLModel, table=True):
    """A published item. Those that were published before content told addresses have none."""

    __tablename__ = "sharing_item"

    id: UUID = Field(primary_key=True)
    programme_id: UUID
    campaign_id: UUID
    published_at: datetime = Field(sa_type=TIMESTAMP)
    url: str | None = None


class Caption(SQLModel, table=True):
    """One suggested text of a published item; no network means: for any."""

    __tablename__ = "sharing_caption"

    id: UUID = Field(primary_key=True)
    item_id: UUID = Field(foreign_key="sharing_item.id")
    network: str | None = None
    language: str
    text: str
