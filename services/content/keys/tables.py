"""The tables of API keys and their secrets."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, Column, Text
from sqlmodel import Field, SQLModel

from libs.storage.tables import TIMESTAMP


class ApiKey(SQLModel, table=True):
    """A machine of a programme and what it may do; `created_by` is a keyed hash of who made the key."""

    __tablename__ = "api_key"

    id: UUID = Field(primary_key=True)
    programme_id: UUID = Field(foreign_key="programme.id")
    name: str
    scopes: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    lifetime_days: int
    created_by: str
    created_at: datetime = Field(sa_type=TIMESTAMP)
    revoked_at: datetime | None = Field(default=None, sa_type=TIMESTAMP)
    last_used_on: date | None = None


class ApiKeySecret(SQLModel, table=True):
    """One secret of a key, as a digest; its id is part of the key that its owner holds."""

    __tablename__ = "api_key_secret"

    id: UUID = Field(primary_key=True)
    key_id: UUID = Field(foreign_key="api_key.id")
    digest: str
    made_at: datetime = Field(sa_type=TIMESTAMP)
    ends_at: datetime = Field(sa_type=TIMESTAMP)
