"""The tables of seasons and of what was frozen."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from libs.storage.tables import TIMESTAMP


class SeasonRow(SQLModel, table=True):
    """A season and what has become of it; the row that is claimed while it is moved on.

    `tie` is how the programme's own board ranked equals when it was frozen.
    """

    __tablename__ = "season"

    programme_id: UUID = Field(primary_key=True)
    season: str = Field(primary_key=True)
    state: str
    ends_at: datetime = Field(sa_type=TIMESTAMP)
    people: int | None = None
    digest: str | None = None
    frozen_at: datetime | None = Field(default=None, sa_type=TIMESTAMP)
    settled_at: datetime | None = Field(default=None, sa_type=TIMESTAMP)
    archived_at: datetime | None = Field(default=None, sa_type=TIMESTAMP)
    tie: str | None = None


class SeasonStanding(SQLModel, table=True):
    """Where somebody stood when the season was frozen; never changed.

    Of equals whoever had it first has the better `place`; they share `rank`.
    """

    __tablename__ = "season_standing"

    programme_id: UUID = Field(primary_key=True)
    season: str = Field(primary_key=True)
    place: int = Field(primary_key=True)
    ambassador_id: UUID
    milli_points: int = Field(sa_type=BigInteger)
    sequence: int = Field(sa_type=BigInteger)
    rank: int
