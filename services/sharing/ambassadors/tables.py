"""The table of ambassadors."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from libs.storage.tables import TIMESTAMP


class Ambassador(SQLModel, table=True):
    """One person in one programme; the token's subject is kept as its keyed hash only."""

    __tablename__ = "ambassador"

    id: UUID = Field(primary_key=True)
    programme_id: UUID
    team_id: UUID = Field(foreign_key="team.id")
    subject_key: str
    display_name: str
    language: str
    charter_version: int
    enrolled_at: datetime = Field(sa_type=TIMESTAMP)
