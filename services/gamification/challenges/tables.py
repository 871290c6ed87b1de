"""The tables of challenges."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from libs.storage.tables import TIMESTAMP


class Challenge(SQLModel, table=True):
    """A challenge; `total` is what all ambassadors bring to it."""

    __tablename__ = "challenge"

    id: UUID = Field(primary_key=True)
    programme_id: UUID
    kind: str
    title: str
    counter: str
    first_day: date
    last_day: date
    target: int
    total: int = Field(default=0, sa_type=BigInteger)
    completed_at: datetime | None = Field(default=None, sa_type=TIMESTAMP)
    cancelled_at: datetime | None = Field(default=None, sa_type=TIMESTAMP)
    created_at: datetime = Field(sa_type=TIMESTAMP)


class ChallengePart(SQLModel, table=True):
    """What one ambassador brings to a challenge; `completed_at` is of individual challenges."""

    __tablename__ = "challenge_part"

    challenge_id: UUID = Field(primary_key=True)
    ambassador_id: UUID = Field(primary_key=True)
    value: int
    completed_at: datetime | None = Field(default=None, sa_type=TIMESTAMP)
