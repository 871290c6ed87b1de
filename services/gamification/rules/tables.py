"""The tables of rules versions and of their activations."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from libs.storage.tables import TIMESTAMP


class RulesRow(SQLModel, table=True):
    """One version of a programme's rules: a draft until it is activated; then the database refuses to change it.

    The product's own version 1 stands under PRODUCT and holds for every programme that has activated nothing.
    """

    __tablename__ = "rules"

    programme_id: UUID = Field(primary_key=True)
    version: int = Field(primary_key=True)
    valid_from: date
    document: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    note: str
    activated_at: datetime | None = Field(sa_type=TIMESTAMP)


class RulesActivation(SQLModel, table=True):
    """One activation, for the weeks whose Mondays lie from `first_monday` to `last_monday` (null: for good).

    `season` is that of a correction, `reverses` the number of one that is taken back. The differences are booked in the
    order of the ambassadors' ids: `booked_to` is the last one, `finished_at` is null until all are done.
    """

    __tablename__ = "rules_activation"

    programme_id: UUID = Field(primary_key=True)
    number: int = Field(primary_key=True)
    version: int
    season: str | None
    first_monday: date
    last_monday: date | None
    activated_at: datetime = Field(sa_type=TIMESTAMP)
    booked_to: UUID | None = None
    finished_at: datetime | None = Field(default=None, sa_type=TIMESTAMP)
    reverses: int | None = None
