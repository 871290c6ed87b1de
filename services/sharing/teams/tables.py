"""The table of teams."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from libs.storage.tables import TIMESTAMP


class Team(SQLModel, table=True):
    """One team of a programme."""

    __tablename__ = "team"

    id: UUID = Field(primary_key=True)
    programme_id: UUID
    name: str
    created_at: datetime = Field(sa_type=TIMESTAMP)
