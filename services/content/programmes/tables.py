"""The table of programmes."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from libs.storage.tables import TIMESTAMP


class Programme(SQLModel, table=True):
    """One programme; `first_day` opens its first season."""

    __tablename__ = "programme"

    id: UUID = Field(primary_key=True)
    name: str
    time_zone: str
    first_day: date
    charter_version: int
    charter_text: str
    created_at: datetime = Field(sa_type=TIMESTAMP)
