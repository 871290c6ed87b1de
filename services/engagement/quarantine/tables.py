"""The tables of the quarantine and of its audit."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from libs.storage.tables import TIMESTAMP


class QuarantinedRow(SQLModel, table=True):
    """One accepted item that could not be used; of copies only one is open."""

    __tablename__ = "quarantined"

    id: UUID = Field(primary_key=True)
    kind: str
    programme_id: UUID | None = None
    door: str
    reason: str
    share_id: UUID | None = None
    address: str | None = None
    item: dict[str, Any] = Field(sa_type=JSONB)  # Any: JSON
    digest: str
    receipt_id: UUID
    place: int | None = None
    arrived_at: datetime = Field(sa_type=TIMESTAMP)
    state: str
    tries: int
    changed_at: datetime = Field(sa_type=TIMESTAMP)


class QuarantineAct(SQLModel, table=True):
    """What was done to an item, by whom (a keyed hash; none for the service itself) and with which outcome."""

    __tablename__ = "quarantine_act"

    id: UUID = Field(primary_key=True)
    quarantined_id: UUID
    at: datetime = Field(sa_type=TIMESTAMP)
    by: str | None = None
    act: str
    outcome: str
    note: str | None = None
