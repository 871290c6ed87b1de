"""What a read of boards sends: status, headers and bytes; its ETag, and whether a client has it."""

from collections.abc import Sequence
from hashlib import blake2b

from starlette.types import Receive, Scope, Send

from gateway.security import ALWAYS, NOTHING_LOADED

FORM = 4  # raised with each change of the answer's form, so that no client keeps an old one
Headers = list[tuple[bytes, bytes]]
# keep it, and ask each time whether it is still so
COMMON: Headers = [(b"cache-control", b"private, no-cache"), *ALWAYS, NOTHING_LOADED]
FULL: Headers = [(b"content-type", b"application/json"), *COMMON]
LINES = {200: b"HTTP/1.1 200 OK\r\n", 304: b"HTTP/1.1 304 Not Modified\r\n"}


class Answer:
    """One answer, an ASGI application that sends itself; `head` is the same for who writes to a connection himself."""

    __slots__ = ("_head", "body", "headers", "status")

    def __init__(self, status: int, headers: Headers, body: bytes) -> None:
        """Take what is sent; 304 has no body."""
        self.status, self.headers, self.body = status, headers, body
        self._head = b""

    @property
    def head(self) -> bytes:
        """The status line and the headers as HTTP/1.1 writes them, without the empty line at their end."""
        if not self._head:
            self._head = LINES[self.status] + b"".join([b"%b: %b\r\n" % pair for pair in self.headers])
        return self._head

    def aged(self, seconds: float) -> "Answer":
        """Return the same, saying how old it is where that is a second or more."""
        if seconds < 1:
            return self
        return Answer(self.status, [*self.headers, (b"age", b"%d" % seconds)], self.body)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - as ASGI has it
        """Send it."""
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body})


def rows(body: bytes, etag: bytes | None) -> Answer:
    """Return the answer with these bytes."""
    headers = [*FULL, (b"content-length", b"%d" % len(body))]
    return Answer(200, [*headers, (b"etag", etag)] if etag else headers, body)


def unchanged(etag: bytes) -> Answer:
    """Return the answer for a client who has the bytes."""
    return Answer(304, [*COMMON, (b"etag", etag)], b"")


def name_of(facts: Sequence[object]) -> bytes:
    """Return what a strong ETag (RFC 9110, 8.8.3) has between its quotes: equal in every process for equal facts."""
    return blake2b(repr((FORM, *facts)).encode(), digest_size=12).hexdigest().encode()


def matches(etag: bytes, seen: bytes) -> bool:
    """Whether `If-None-Match` names the ETag (RFC 9110, 13.1.2: by weak comparison)."""
    return seen == etag or any(tag.strip().removeprefix(b"W/") in {etag, b"*"} for tag in seen.split(b","))
