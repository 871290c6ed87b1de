"""The table of proposals."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from libs.storage.tables import TIMESTAMP
from services.content.proposals.domain import State


class Proposal(SQLModel, table=True):
    """An item suggested by an ambassador; `decided_at` and what follows it are set by the decision."""

    __tablename__ = "proposal"

    id: UUID = Field(primary_key=True)
    programme_id: UUID = Field(foreign_key="programme.id")
    ambassador_id: UUID = Field(foreign_key="content_ambassador.id")
    title: str
    url: str | None = None
    language: str
    text: str
    proposed_at: datetime = Field(sa_type=TIMESTAMP)
    state: str = State.OPEN
    decided_at: datetime | None = Field(default=None, sa_type=TIMESTAMP)
    reason: str | None = None
    item_id: UUID | None = Field(default=None, foreign_key="item.id")
