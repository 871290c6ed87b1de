"""The tables of badges."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from libs.storage.tables import TIMESTAMP


class Badge(SQLModel, table=True):
    """A badge that a programme added to the default ones."""

    __tablename__ = "badge"

    programme_id: UUID = Field(primary_key=True)
    key: str = Field(primary_key=True)
    document: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    created_at: datetime = Field(sa_type=TIMESTAMP)


class BadgeAward(SQLModel, table=True):
    """That an ambassador earned a badge, and perhaps lost it to a correction; `number` counts from 1."""

    __tablename__ = "badge_award"

    ambassador_id: UUID = Field(primary_key=True)
    key: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    programme_id: UUID
    earned_at: datetime = Field(sa_type=TIMESTAMP)
    revoked_at: datetime | None = Field(default=None, sa_type=TIMESTAMP)


class BadgeWording(SQLModel, table=True):
    """Other words for a badge of a programme, its own or a default one; version 1 is that of the definition."""

    __tablename__ = "badge_wording"

    programme_id: UUID = Field(primary_key=True)
    key: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    titles: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    written_at: datetime = Field(sa_type=TIMESTAMP)


class BadgeRetirement(SQLModel, table=True):
    """That a programme gives a badge, its own or a default one, to nobody any more."""

    __tablename__ = "badge_retirement"

    programme_id: UUID = Field(primary_key=True)
    key: str = Field(primary_key=True)
    retired_at: datetime = Field(sa_type=TIMESTAMP)
