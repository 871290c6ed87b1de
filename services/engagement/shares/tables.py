"""The tables of what is known about shares, handles and programmes."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from libs.storage.tables import TIMESTAMP


class EngagementProgramme(SQLModel, table=True):
    """A programme and the time zone of its calendar."""

    __tablename__ = "engagement_programme"

    programme_id: UUID = Field(primary_key=True)
    time_zone: str


class EngagementShare(SQLModel, table=True):
    """A share, with the address of its post in comparable form."""

    __tablename__ = "engagement_share"

    share_id: UUID = Field(primary_key=True)
    programme_id: UUID
    ambassador_id: UUID
    network: str
    post_url: str | None = None
    published_at: datetime = Field(sa_type=TIMESTAMP)


class EngagementHandle(SQLModel, table=True):
    """Under which person key an ambassador acts on a network; no key where consent was taken back."""

    __tablename__ = "engagement_handle"

    ambassador_id: UUID = Field(primary_key=True)
    network: str = Field(primary_key=True)
    programme_id: UUID
    person_key: str | None = None
    changed_at: datetime = Field(sa_type=TIMESTAMP)


class PostAlias(SQLModel, table=True):
    """Two addresses of one post, or of an answer and the post that its thread begins with."""

    __tablename__ = "post_alias"

    address: str = Field(primary_key=True)
    same_as: str = Field(primary_key=True)
