"""The table of spotlights."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from libs.storage.tables import TIMESTAMP


class Spotlight(SQLModel, table=True):
    """One ambassador, and why they deserve to be seen, in a manager's words."""

    __tablename__ = "spotlight"

    id: UUID = Field(primary_key=True)
    programme_id: UUID
    ambassador_id: UUID
    reason: str
    given_at: datetime = Field(sa_type=TIMESTAMP)
    withdrawn_at: datetime | None = Field(default=None, sa_type=TIMESTAMP)
