"""The tables of evidence. A fact has one row, never updated: a second telling changes nothing. Measures follow them.

A fact that was taken back loses its row for ever, and leaves its id.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from libs.storage.tables import TIMESTAMP


class EvidenceShare(SQLModel, table=True):
    """One share as numbers."""

    __tablename__ = "evidence_share"

    share_id: UUID = Field(primary_key=True)
    ambassador_id: UUID
    programme_id: UUID
    network: str
    published_at: datetime = Field(sa_type=TIMESTAMP)
    words: int
    copied: int
    parrot: int
    self_repeats: int
    audience: int | None = None
    campaign_id: UUID | None = None


class EvidenceTouch(SQLModel, table=True):
    """One deduplicated action of a known person on a share."""

    __tablename__ = "evidence_touch"

    interaction_id: UUID = Field(primary_key=True)
    share_id: UUID
    ambassador_id: UUID
    person: str
    colleague_id: UUID | None = None
    kind: str
    at: datetime = Field(sa_type=TIMESTAMP)


class EvidenceAnswer(SQLModel, table=True):
    """One answer of an author to a commenter."""

    __tablename__ = "evidence_answer"

    interaction_id: UUID = Field(primary_key=True)
    share_id: UUID
    ambassador_id: UUID
    person: str
    colleague_id: UUID | None = None
    asked_at: datetime = Field(sa_type=TIMESTAMP)
    at: datetime = Field(sa_type=TIMESTAMP)
    words: int
    text_key: str


class EvidenceConversion(SQLModel, table=True):
    """One verified conversion of a visitor."""

    __tablename__ = "evidence_conversion"

    interaction_id: UUID = Field(primary_key=True)
    share_id: UUID
    ambassador_id: UUID
    visitor: str
    at: datetime = Field(sa_type=TIMESTAMP)


class EvidenceWithdrawn(SQLModel, table=True):
    """One interaction that was taken back, perhaps before it was told: it is never kept again."""

    __tablename__ = "evidence_withdrawn"

    interaction_id: UUID = Field(primary_key=True)
    share_id: UUID
    ambassador_id: UUID
    kind: str
    withdrawn_at: datetime = Field(sa_type=TIMESTAMP)


class EvidenceReading(SQLModel, table=True):
    """One absolute count, nobody named."""

    __tablename__ = "evidence_reading"

    share_id: UUID = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    at: datetime = Field(primary_key=True, sa_type=TIMESTAMP)
    provenance: str = Field(primary_key=True)
    ambassador_id: UUID
    count: int


class ShareMeasure(SQLModel, table=True):
    """What the touches on a share come to under a version of the rules; worth nothing without the evidence it is of.

    Forgotten by a trigger when somebody writes evidence who does not keep it.
    """

    __tablename__ = "share_measure"

    share_id: UUID = Field(primary_key=True)
    ambassador_id: UUID
    rules_version: int
    outsiders_worth: int = Field(sa_type=BigInteger)
    colleagues_worth: int = Field(sa_type=BigInteger)
    nameless_worth: int = Field(sa_type=BigInteger)
    outsiders: int = Field(sa_type=BigInteger)
    colleagues: int = Field(sa_type=BigInteger)
    nameless: int = Field(sa_type=BigInteger)
    reactions: int = Field(sa_type=BigInteger)
    comments: int = Field(sa_type=BigInteger)
    reshares: int = Field(sa_type=BigInteger)
    mentions: int = Field(sa_type=BigInteger)
    checked: int = Field(sa_type=BigInteger)
    reported: int = Field(sa_type=BigInteger)
    visits: int = Field(sa_type=BigInteger)


class EvidenceProposal(SQLModel, table=True):
    """One proposal of an ambassador that a manager took up."""

    __tablename__ = "evidence_proposal"

    proposal_id: UUID = Field(primary_key=True)
    programme_id: UUID
    ambassador_id: UUID
    at: datetime = Field(sa_type=TIMESTAMP)
