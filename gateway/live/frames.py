"""Server-sent events as bytes (WHATWG HTML, 9.2.5); JSON has no line break of its own, so data is one line."""

import json
from typing import Literal

from gateway.live.answers import Change

Kind = Literal["snapshot", "change"]
HEARTBEAT = b":\n\n"  # a comment: proxies see that the connection lives, clients see nothing


def frame(kind: Kind, position: str, data: bytes) -> bytes:
    """Return one event; `position` is what a client sends as `Last-Event-ID`."""
    return b"id: %s\nevent: %s\ndata: %s\n\n" % (position.encode(), kind.encode(), data)


def retry(milliseconds: int) -> bytes:
    """Return the order to come back after so long when the stream has ended."""
    return b"retry: %d\n\n" % milliseconds


def encoded(change: Change) -> bytes:
    """Return a change as compact JSON."""
    return json.dumps(change, ensure_ascii=False, separators=(",", ":")).encode()
