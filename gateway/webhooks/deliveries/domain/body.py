"""What is posted: the CloudEvent as it was told, or without its data where that is too much."""

import hashlib
import json
import re
from datetime import datetime
from uuid import UUID

from libs.events.envelope import Envelope

MOST_BYTES = 20_000  # what the Standard Webhooks ask for
PLAIN = re.compile(r"[A-Za-z0-9_-]{1,64}")


def body_of(raw: bytes, delivery_id: UUID) -> bytes:
    """Return what is posted of an envelope.

    One that is too large goes without `data`, and with `dataref` (a CloudEvents extension): the path below the gateway
    where the whole of it is read.
    """
    if len(raw) <= MOST_BYTES:
        return raw
    envelope = json.loads(raw)
    del envelope["data"]
    thin = {**envelope, "dataref": f"/v1/deliveries/{delivery_id}/event"}
    return json.dumps(thin, ensure_ascii=False, separators=(",", ":")).encode()


def message_id_of(event_id: str) -> str:
    """Return the `webhook-id` of an event: its own id, or a digest of one that would be no safe header."""
    return event_id if PLAIN.fullmatch(event_id) else hashlib.sha256(event_id.encode()).hexdigest()


def trial_event(event_id: UUID, *, webhook_id: UUID, programme_id: UUID, correlation_id: str, now: datetime) -> bytes:
    """Return the event that only tries an endpoint out; its type is none that is ever told."""
    envelope = Envelope(
        id=str(event_id),
        source="/timbre/webhooks",
        type="webhooks.test",
        subject=str(webhook_id),
        time=now,
        partitionkey=str(webhook_id),
        correlationid=correlation_id,
        data={"webhook_id": str(webhook_id), "programme_id": str(programme_id)},
    )
    return envelope.to_bytes()
