"""The table of rules versions."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from libs.storage.tables import TIMESTAMP


class RulesRow(SQLModel, table=True):
    """One version of the rules; never edited."""

    __tablename__ = "rules"

    version: int = Field(primary_key=True)
    valid_from: date
    document: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    activated_at: datetime = Field(sa_type=TIMESTAMP)
