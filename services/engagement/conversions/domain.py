"""Rules of signed conversions: the Standard Webhooks form, and secrets that are derived.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

TOLERANCE = timedelta(minutes=5)
MOST_LIVE = 2  # the one in use, and its successor while senders change
MOST_SIGNATURES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionKey:
    """A key of a programme, live until it is revoked."""

    key_id: UUID
    programme_id: UUID
    created_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A request as it was sent: its id, when it was signed, its signatures, and the raw body."""

    id: str
    timestamp: str
    signatures: str
    body: bytes


class ConversionSecrets:
    """Derives the secret of each key from one that the service has, so that no copy of the database holds any."""

    def __init__(self, secret: str) -> None:
        """Derive from `secret` (at least 32 characters)."""
        self._secret = secret.encode()

    def of(self, key_id: UUID) -> str:
        """Return the secret of a key as its sender holds it: `whsec_` and 32 bytes in base64."""
        return "whsec_" + base64.b64encode(self.raw(key_id)).decode()

    def raw(self, key_id: UUID) -> bytes:
        """Return the 32 bytes themselves."""
        return hmac.digest(self._secret, b"conversion-key:" + key_id.bytes, "sha256")


def is_in_time(timestamp: str, *, now: datetime) -> bool:
    """Whether a request was signed within five minutes of now, by its header: whole seconds of Unix time."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 11):
        return False
    return abs(datetime.fromtimestamp(int(timestamp), UTC) - now) <= TOLERANCE


def is_signed(signed: Signed, secrets: Sequence[bytes]) -> bool:
    """Whether one of the signatures is that of the request under one of the secrets.

    Every pair is compared, in constant time.
    """
    content = f"{signed.id}.{signed.timestamp}.".encode() + signed.body
    expected = [b"v1," + base64.b64encode(hmac.digest(secret, content, "sha256")) for secret in secrets]
    given = [one.encode("utf-8", "replace") for one in signed.signatures.split(" ")[:MOST_SIGNATURES]]
    # counted, so that every pair is compared
    return sum(hmac.compare_digest(one, right) for one in given for right in expected) > 0
