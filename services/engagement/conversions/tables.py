"""The table of the keys that sign conversions; their secrets are derived and stored nowhere."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from libs.storage.tables import TIMESTAMP


class ConversionKeyRow(SQLModel, table=True):
    """One key; `created_by` is a keyed hash of who made it."""

    __tablename__ = "conversion_key"

    key_id: UUID = Field(primary_key=True)
    programme_id: UUID
    created_at: datetime = Field(sa_type=TIMESTAMP)
    created_by: str
    revoked_at: datetime | None = Field(default=None, sa_type=TIMESTAMP)
