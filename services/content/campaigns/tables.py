"""The table of campaigns."""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel


class Campaign(SQLModel, table=True):
    """One campaign with its objective; `captions_locked`: its captions must be used as they are."""

    __tablename__ = "campaign"

    id: UUID = Field(primary_key=True)
    programme_id: UUID = Field(foreign_key="programme.id")
    name: str
    objective: str
    kpi: str
    target: int = Field(sa_type=BigInteger)
    starts_on: date
    ends_on: date
    captions_locked: bool = False
