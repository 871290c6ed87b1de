"""The tables of holds, of the answers to them, and of each programme's inspections and limits."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Column, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from libs.storage.tables import TIMESTAMP


class Hold(SQLModel, table=True):
    """What looked arranged, and what a person decided; `milli_points` is what was taken out of balances.

    `limits` are those that it was found with, of the programme's version.
    """

    __tablename__ = "hold"

    id: UUID = Field(primary_key=True)
    programme_id: UUID
    kind: str
    state: str
    ambassador_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    share_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    figures: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    limits_version: int = 1
    limits: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))
    milli_points: int = Field(sa_type=BigInteger)
    found_at: datetime = Field(sa_type=TIMESTAMP)
    decided_at: datetime | None = Field(default=None, sa_type=TIMESTAMP)
    decided_by: str | None = None


class HoldAnswer(SQLModel, table=True):
    """What an ambassador answered to a hold; a later answer takes the place of an earlier one."""

    __tablename__ = "hold_answer"

    hold_id: UUID = Field(primary_key=True)
    ambassador_id: UUID = Field(primary_key=True)
    text: str
    answered_at: datetime = Field(sa_type=TIMESTAMP)


class Integrity(SQLModel, table=True):
    """A programme's choice, and the last local day on which it was inspected."""

    __tablename__ = "integrity"

    programme_id: UUID = Field(primary_key=True)
    hold_automatically: bool
    inspected_on: date | None = None


class IntegrityLimits(SQLModel, table=True):
    """One version of a programme's limits, never changed; version 1 is the product's and has no row."""

    __tablename__ = "integrity_limits"

    programme_id: UUID = Field(primary_key=True)
    version: int = Field(primary_key=True)
    document: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    set_by: str
    set_at: datetime = Field(sa_type=TIMESTAMP)
