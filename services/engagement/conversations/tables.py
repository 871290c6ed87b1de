"""The tables of conversations, of who an ambassador is, and of when a programme wants to be reminded."""

from datetime import datetime, time
from uuid import UUID

from sqlmodel import Field, SQLModel

from libs.storage.tables import TIMESTAMP


class ConversationRow(SQLModel, table=True):
    """One comment by another than the author; `answered_at` is the time of the author's first reply to it."""

    __tablename__ = "conversation"

    interaction_id: UUID = Field(primary_key=True)
    programme_id: UUID
    ambassador_id: UUID
    share_id: UUID
    person: str
    colleague_id: UUID | None = None
    asked_at: datetime = Field(sa_type=TIMESTAMP)
    answered_at: datetime | None = Field(default=None, sa_type=TIMESTAMP)
    dismissed_at: datetime | None = Field(default=None, sa_type=TIMESTAMP)
    told_at: datetime | None = Field(default=None, sa_type=TIMESTAMP)


class EngagementAmbassador(SQLModel, table=True):
    """Whose token may read and dismiss an ambassador's conversations."""

    __tablename__ = "engagement_ambassador"

    ambassador_id: UUID = Field(primary_key=True)
    programme_id: UUID
    subject_key: str


class ReminderPlan(SQLModel, table=True):
    """A programme's choice; no `after_hours` tells nobody."""

    __tablename__ = "reminder_plan"

    programme_id: UUID = Field(primary_key=True)
    after_hours: int | None = None
    quiet_from: time
    quiet_until: time
    set_at: datetime = Field(sa_type=TIMESTAMP)
