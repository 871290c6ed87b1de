"""The headers of an attempt, signed.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hmac
from collections.abc import Sequence
from datetime import datetime

USER_AGENT = "Timbre-Webhooks/1"
CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"


def signed_headers(message_id: str, body: bytes, secrets: Sequence[bytes], *, now: datetime) -> dict[str, str]:
    """Return the headers of one attempt: the id stays over all of them, the time is this one's.

    One signature for each secret, so that a receiver may hold any of them.
    """
    timestamp = str(int(now.timestamp()))
    content = f"{message_id}.{timestamp}.".encode() + body
    signatures = [base64.b64encode(hmac.digest(secret, content, "sha256")).decode() for secret in secrets]
    return {
        "Content-Type": CONTENT_TYPE,
        "User-Agent": USER_AGENT,
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }
