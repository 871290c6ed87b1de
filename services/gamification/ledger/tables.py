"""The tables of the ledger."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Identity
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from libs.storage.tables import TIMESTAMP


class Account(SQLModel, table=True):
    """An ambassador's account: the row that is locked while their weeks are settled."""

    __tablename__ = "account"

    ambassador_id: UUID = Field(primary_key=True)


class LineRow(SQLModel, table=True):
    """What one line of a week is worth now."""

    __tablename__ = "line"

    ambassador_id: UUID = Field(primary_key=True)
    week: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    share_id: UUID = Field(primary_key=True)
    milli_points: int = Field(sa_type=BigInteger)


class Entry(SQLModel, table=True):
    """One booked difference; the database refuses to change or delete it."""

    __tablename__ = "entry"

    sequence: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    entry_id: UUID = Field(unique=True)
    programme_id: UUID
    ambassador_id: UUID
    week: str
    season: str
    kind: str
    share_id: UUID
    cause: str
    rules_version: int
    before: int = Field(sa_type=BigInteger)
    after: int = Field(sa_type=BigInteger)
    factors: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    booked_at: datetime = Field(sa_type=TIMESTAMP)


class Balance(SQLModel, table=True):
    """The sum of an ambassador's entries in one period, and the sequence of the last of them."""

    __tablename__ = "balance"

    programme_id: UUID = Field(primary_key=True)
    period: str = Field(primary_key=True)
    ambassador_id: UUID = Field(primary_key=True)
    milli_points: int = Field(sa_type=BigInteger)
    sequence: int = Field(sa_type=BigInteger)
