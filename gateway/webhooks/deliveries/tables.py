"""The tables of deliveries and replays."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Column, ForeignKey, LargeBinary, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from libs.storage.tables import TIMESTAMP


class Delivery(SQLModel, table=True):
    """One event for one webhook. Due when `next_at` has come; null when it has ended.

    While it is sent, `next_at` is when somebody else may take it, should its sender have died. `attempts` grows with
    each attempt and so tells apart whose result counts; `tried` is the place in the schedule, which begins again when
    it is asked for anew. `sequence` is where the event stands in its stream, `body` what is posted.
    """

    __tablename__ = "delivery"

    id: UUID = Field(primary_key=True)
    webhook_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("webhook.id", ondelete="CASCADE"), nullable=False))
    event_id: str
    event_type: str
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    sequence: int = Field(sa_type=BigInteger)
    state: str
    attempts: int
    tried: int
    log: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    next_at: datetime | None = Field(default=None, sa_type=TIMESTAMP)
    created_at: datetime = Field(sa_type=TIMESTAMP)
    ended_at: datetime | None = Field(default=None, sa_type=TIMESTAMP)


class Replay(SQLModel, table=True):
    """The last replay of a webhook: what was stored in the streams from `since` to `until` is queued again.

    `positions` holds, for each event type that was begun, the sequence to read from next; `open_types` those that
    have not been read to their end. `again` is whether what had arrived is sent too.
    """

    __tablename__ = "webhook_replay"

    webhook_id: UUID = Field(
        sa_column=Column(Uuid, ForeignKey("webhook.id", ondelete="CASCADE"), primary_key=True, nullable=False)
    )
    reason: str
    since: datetime = Field(sa_type=TIMESTAMP)
    until: datetime = Field(sa_type=TIMESTAMP)
    again: bool
    positions: dict[str, int] = Field(sa_column=Column(JSONB, nullable=False))
    open_types: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    queued: int
    asked_at: datetime = Field(sa_type=TIMESTAMP)
    worked_at: datetime = Field(sa_type=TIMESTAMP)
    ended_at: datetime | None = Field(default=None, sa_type=TIMESTAMP)
