"""What an attempt came to."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

THROTTLING = frozenset({429, 502, 504})
GONE = 410
SERVER_ERROR = 500


class Outcome(StrEnum):
    """What became of an attempt. Only the first is a success."""

    DELIVERED = "delivered"
    REFUSED = "refused"  # an answer that is not 2xx
    REDIRECTED = "redirected"  # 3xx, which is not followed
    GONE = "gone"  # 410
    THROTTLED = "throttled"  # 429, 502, 504
    TIMED_OUT = "timed-out"
    UNREACHABLE = "unreachable"  # no name, no route, nobody listens
    UNTRUSTED = "untrusted"  # TLS: a certificate that is not this host's
    BROKEN_OFF = "broken-off"  # connected, and then no answer in HTTP
    FORBIDDEN = "forbidden-address"  # an address that may not be spoken to
    FAULT = "fault"  # a bug of ours


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One attempt; `text` is the beginning of the body, `retry_after` the header as it came."""

    outcome: Outcome
    seconds: float
    status: int | None = None
    text: str = ""
    retry_after: str | None = None


def outcome_of(status: int) -> Outcome:
    """Return what a status means (Standard Webhooks, "Delivery success and failure")."""
    if 200 <= status < 300:
        return Outcome.DELIVERED
    if 300 <= status < 400:
        return Outcome.REDIRECTED
    if status == GONE:
        return Outcome.GONE
    return Outcome.THROTTLED if status in THROTTLING else Outcome.REFUSED


def answer_of(status: int, headers: Mapping[bytes, bytes], body: bytes, *, seconds: float) -> Answer:
    """Return what an answer in HTTP came to."""
    text = "".join(char if char.isprintable() else " " for char in body.decode("utf-8", "replace"))
    retry_after = headers.get(b"retry-after")
    return Answer(
        outcome=outcome_of(status),
        status=status,
        seconds=seconds,
        text=text,
        retry_after=retry_after.decode("latin-1") if retry_after else None,
    )
