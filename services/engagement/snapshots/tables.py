"""The table of readings."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import String
from sqlmodel import Field, SQLModel

from libs.events.engagement import CountedKind, Provenance
from libs.storage.tables import TIMESTAMP


class Reading(SQLModel, table=True):
    """An absolute count of one kind on one share, as it was read at a time."""

    __tablename__ = "reading"

    share_id: UUID = Field(primary_key=True)
    kind: CountedKind = Field(primary_key=True, sa_type=String)
    read_at: datetime = Field(primary_key=True, sa_type=TIMESTAMP)
    provenance: Provenance = Field(primary_key=True, sa_type=String)
    count: int
