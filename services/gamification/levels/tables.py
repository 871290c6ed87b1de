"""The tables of levels."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from libs.storage.tables import TIMESTAMP


class LevelLadder(SQLModel, table=True):
    """The points that the levels of a programme need, lowest first; without a row the default holds."""

    __tablename__ = "level_ladder"

    programme_id: UUID = Field(primary_key=True)
    points: list[int] = Field(sa_column=Column[Any](JSONB, nullable=False))
    changed_at: datetime = Field(sa_type=TIMESTAMP)


class LevelStanding(SQLModel, table=True):
    """The level of an ambassador, and the points that it needed when it was reached."""

    __tablename__ = "level_standing"

    ambassador_id: UUID = Field(primary_key=True)
    programme_id: UUID
    level: int
    needed: int
    since: datetime = Field(sa_type=TIMESTAMP)
