"""The tables of readings and of what contradicted them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import String
from sqlmodel import Field, SQLModel

from libs.events.engagement import Provenance
from libs.events.intake import ReadKind
from libs.storage.tables import TIMESTAMP


class Reading(SQLModel, table=True):
    """An absolute count of one kind on one share, as it was read at a time."""

    __tablename__ = "reading"

    share_id: UUID = Field(primary_key=True)
    kind: ReadKind = Field(primary_key=True, sa_type=String)
    read_at: datetime = Field(primary_key=True, sa_type=TIMESTAMP)
    provenance: Provenance = Field(primary_key=True, sa_type=String)
    count: int


class ReadingLatest(SQLModel, table=True):
    """The latest reading of each kind on one share; the latest estimate apart."""

    __tablename__ = "reading_latest"

    share_id: UUID = Field(primary_key=True)
    kind: ReadKind = Field(primary_key=True, sa_type=String)
    estimated: bool = Field(primary_key=True)
    read_at: datetime = Field(sa_type=TIMESTAMP)
    provenance: Provenance = Field(sa_type=String)
    count: int


class ReadingConflict(SQLModel, table=True):
    """A later report of the same look at the same number that said another count; the first one stays."""

    __tablename__ = "reading_conflict"

    share_id: UUID = Field(primary_key=True)
    kind: ReadKind = Field(primary_key=True, sa_type=String)
    read_at: datetime = Field(primary_key=True, sa_type=TIMESTAMP)
    provenance: Provenance = Field(primary_key=True, sa_type=String)
    count: int = Field(primary_key=True)
    receipt_id: UUID
