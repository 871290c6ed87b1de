"""The table of consents."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from libs.storage.tables import TIMESTAMP


class Consent(SQLModel, table=True):
    """One consent; in force until `ended_at`, when it was replaced or withdrawn. At most one is, for each network."""

    __tablename__ = "consent"

    id: UUID = Field(primary_key=True)
    ambassador_id: UUID = Field(foreign_key="ambassador.id")
    network: str
    mode: str
    person_key: str | None = None
    audience: int | None = None
    given_at: datetime = Field(sa_type=TIMESTAMP)
    ended_at: datetime | None = Field(default=None, sa_type=TIMESTAMP)
