"""The tables of webhooks and their secrets."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from libs.storage.tables import TIMESTAMP


class Webhook(SQLModel, table=True):
    """An endpoint and what it hears. `created_by` is a keyed hash of who made it.

    `failing_since` is the first failure after the last success; until `throttled_until` nothing is sent.
    """

    __tablename__ = "webhook"

    id: UUID = Field(primary_key=True)
    programme_id: UUID
    url: str
    description: str
    event_types: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    filters: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    disabled_at: datetime | None = Field(default=None, sa_type=TIMESTAMP)
    disabled_reason: str | None = None
    failing_since: datetime | None = Field(default=None, sa_type=TIMESTAMP)
    throttled_until: datetime | None = Field(default=None, sa_type=TIMESTAMP)
    created_at: datetime = Field(sa_type=TIMESTAMP)
    created_by: str
    changed_at: datetime = Field(sa_type=TIMESTAMP)


class WebhookSecret(SQLModel, table=True):
    """One secret, encrypted. The newest has no end; the ones before it sign beside it until theirs."""

    __tablename__ = "webhook_secret"

    webhook_id: UUID = Field(primary_key=True)
    number: int = Field(primary_key=True)
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    ends_at: datetime | None = Field(default=None, sa_type=TIMESTAMP)
