"""Rules of deliveries: what is posted, how it is signed, when it is tried again, and whose turn it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from gateway.webhooks.endpoints.answers import Answer
from libs.events.envelope import Event


class State(StrEnum):
    """Where a delivery stands; the last two are ends."""

    WAITING = "waiting"
    SENDING = "sending"
    DELIVERED = "delivered"
    FAILED = "failed"


class Reason(StrEnum):
    """Why a replay was begun: its owner asked, or more waited for the endpoint than is kept."""

    ASKED = "asked"
    BACKLOG = "backlog"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """An event as it stands in its stream: `raw` is the envelope in JSON, `stored_at` the broker's time."""

    id: str
    event: Event
    at: datetime
    raw: bytes
    sequence: int
    stored_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What limits deliveries: how many wait for one endpoint, for how long it may fail, how long the ended are kept."""

    backlog: int
    patience: timedelta
    kept: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A delivery that was claimed for one attempt, with all that the attempt needs."""

    id: UUID
    webhook_id: UUID
    url: str
    message_id: str
    body: bytes
    attempts: int
    secrets: tuple[bytes, ...]
    failing: bool


def logged(answer: Answer, *, at: datetime) -> Mapping[str, str | int | float | None]:
    """Return an attempt as the log of its delivery keeps it."""
    return {
        "at": at.isoformat(),
        "outcome": answer.outcome.value,
        "status": answer.status,
        "seconds": round(answer.seconds, 3),
        "answer": answer.text,
    }
