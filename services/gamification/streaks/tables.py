"""The tables of streaks."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from libs.storage.tables import TIMESTAMP


class CadenceRow(SQLModel, table=True):
    """A cadence that an ambassador chose at a time; a later one follows it, none is changed."""

    __tablename__ = "cadence"

    ambassador_id: UUID = Field(primary_key=True)
    since: datetime = Field(primary_key=True, sa_type=TIMESTAMP)
    target: int
    time_zone: str
    paused: bool


class StreakWeek(SQLModel, table=True):
    """How many shares and answers of an ambassador fall into a week of theirs."""

    __tablename__ = "streak_week"

    ambassador_id: UUID = Field(primary_key=True)
    week: str = Field(primary_key=True)
    done: int
