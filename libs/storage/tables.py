"""The tables that every service has beside its own: outbox, inbox and idempotency keys."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CollectionAggregate,
    Column,
    DateTime,
    Identity,
    LargeBinary,
    String,
    Uuid,
    any_,
    literal,
)
from sqlmodel import Field, SQLModel

TIMESTAMP: Any = DateTime(timezone=True)  # SQLModel's own datetime column has no zone


def any_of(ids: Collection[UUID]) -> CollectionAggregate[Any]:
    """Return what a column of ids is compared with to be one of these: one parameter, however many there are."""
    return any_(literal(list(ids), ARRAY(Uuid)))


class OutboxRow(SQLModel, table=True):
    """A message that must leave; written with the change it tells of, deleted once the broker has it on disk."""

    __tablename__ = "outbox"

    sequence: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    message_id: str
    subject: str
    payload: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    created_at: datetime = Field(sa_type=TIMESTAMP)


class InboxRow(SQLModel, table=True):
    """A message that a consumer has applied; the primary key is what makes the effect happen once."""

    __tablename__ = "inbox"

    consumer: str = Field(primary_key=True)
    message_id: str = Field(primary_key=True)
    applied_at: datetime = Field(sa_type=TIMESTAMP)


class IdempotencyRow(SQLModel, table=True):
    """The stored answer of a creating POST; kept for a day, bound to caller and route."""

    __tablename__ = "idempotency"

    caller: str = Field(primary_key=True)
    route: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    body_digest: str = Field(sa_column=Column(String, nullable=False))
    status: int | None = None
    answer: bytes | None = None
    created_at: datetime = Field(sa_type=TIMESTAMP, index=True)
