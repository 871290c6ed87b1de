"""The tables of interactions, of what contradicted them or took them back, and of their counters."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, String, text
from sqlmodel import Field, SQLModel

from libs.events.engagement import Kind
from libs.storage.tables import TIMESTAMP


class InteractionRow(SQLModel, table=True):
    """One interaction; the primary key is what makes it count once. One that is withdrawn counts nowhere."""

    __tablename__ = "interaction"
    __table_args__ = (
        Index(
            "interaction_unanswered",
            "programme_id",
            "source",
            "answers",
            postgresql_where=text("kind = 'reply' AND person IS NULL"),
        ),
    )

    programme_id: UUID = Field(primary_key=True)
    source: str = Field(primary_key=True)
    external_id: str = Field(primary_key=True)
    interaction_id: UUID
    share_id: UUID
    ambassador_id: UUID
    kind: str
    person: str | None = None
    colleague_id: UUID | None = None
    occurred_at: datetime = Field(sa_type=TIMESTAMP)
    provenance: str
    answers: str | None = None
    asked_at: datetime | None = Field(default=None, sa_type=TIMESTAMP)
    words: int | None = None
    text_key: str | None = None
    goal: str | None = None
    collected_at: datetime | None = Field(default=None, sa_type=TIMESTAMP)
    digest: str
    withdrawn_at: datetime | None = Field(default=None, sa_type=TIMESTAMP)


class InteractionWithdrawal(SQLModel, table=True):
    """What its source has taken back, whether it is known or not: it never counts, whenever it comes.

    What a network takes back has the programme `EVERYWHERE`: its ids are the same in all.
    """

    __tablename__ = "interaction_withdrawal"

    source: str = Field(primary_key=True)
    external_id: str = Field(primary_key=True)
    programme_id: UUID = Field(primary_key=True)
    withdrawn_at: datetime = Field(sa_type=TIMESTAMP)
    receipt_id: UUID


class InteractionConflict(SQLModel, table=True):
    """A later report under a known key that said something else; the first one stays."""

    __tablename__ = "interaction_conflict"

    programme_id: UUID = Field(primary_key=True)
    source: str = Field(primary_key=True)
    external_id: str = Field(primary_key=True)
    digest: str = Field(primary_key=True)
    receipt_id: UUID
    share_id: UUID
    kind: str
    occurred_at: datetime = Field(sa_type=TIMESTAMP)
    provenance: str


class InteractionCounter(SQLModel, table=True):
    """How many interactions of a kind a share drew; the author's own apart."""

    __tablename__ = "interaction_counter"

    share_id: UUID = Field(primary_key=True)
    kind: Kind = Field(primary_key=True, sa_type=String)
    counted: int
    own: int
