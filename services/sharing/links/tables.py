"""The tables of links, of what programmes allow, and of where authors came from."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from libs.storage.tables import TIMESTAMP


class LinkSettings(SQLModel, table=True):
    """Where the links of a programme may lead, and what is added to the addresses."""

    __tablename__ = "link_settings"

    programme_id: UUID = Field(primary_key=True)
    hosts: list[str] = Field(sa_type=JSONB)
    plain_http: bool
    utm: dict[str, str | None] = Field(sa_type=JSONB)


class Link(SQLModel, table=True):
    """One tracked link. Until it is bound to a share nobody knows when it was posted, and its clicks wait.

    `version` grows with each change that readers in Valkey must see; `shown` is the one that was written there.
    """

    __tablename__ = "link"

    id: UUID = Field(primary_key=True)
    code: str
    programme_id: UUID
    ambassador_id: UUID = Field(foreign_key="ambassador.id")
    item_id: UUID | None = Field(default=None, foreign_key="sharing_item.id")
    network: str
    target: str
    created_at: datetime = Field(sa_type=TIMESTAMP)
    share_id: UUID | None = Field(default=None, foreign_key="share.id")
    posted_at: datetime | None = Field(default=None, sa_type=TIMESTAMP)
    disabled_at: datetime | None = Field(default=None, sa_type=TIMESTAMP)
    version: int = 1
    shown: int = 0


class AuthorVisitor(SQLModel, table=True):
    """The keyed hash, of one day, of where and with what an ambassador used the API: their own visits count nothing."""

    __tablename__ = "author_visitor"

    ambassador_id: UUID = Field(primary_key=True, foreign_key="ambassador.id")
    visitor: str = Field(primary_key=True)
    noted_at: datetime = Field(sa_type=TIMESTAMP)
