"""What a read of boards sends: status, headers and bytes; its ETag, and whether a client has it."""

from collections.abc import Sequence
from hashlib import blake2b
from http import HTTPStatus

from starlette.types import Receive, Scope, Send

from gateway.heads import Form, Headers, written
from gateway.security import ALWAYS, NOTHING_LOADED

FORM = 4  # raised with each change of the answer's form, so that no client keeps an old one
# keep it, and ask each time whether it is still so
COMMON: Headers = [(b"cache-control", b"private, no-cache"), *ALWAYS, NOTHING_LOADED]


FULL = Form(HTTPStatus.OK, [(b"content-type", b"application/json"), *COMMON])
SAME = Form(HTTPStatus.NOT_MODIFIED, COMMON)


class Answer:
    """One answer, an ASGI application that sends itself; `head` is the same for who writes to a connection himself."""

    __slots__ = ("_form", "_head", "_own", "body")

    def __init__(self, form: Form, own: Headers, body: bytes) -> None:
        """Take the headers that are this answer's own, and its body; 304 has none."""
        self._form, self._own, self.body = form, own, body
        self._head = b""

    @property
    def status(self) -> int:
        """The status code."""
        return self._form.status

    @property
    def head(self) -> bytes:
        """The status line and the headers as HTTP/1.1 writes them, without the empty line at their end."""
        if not self._head:
            self._head = self._form.head + written(self._own)
        return self._head

    def with_headers(self, *headers: tuple[bytes, bytes]) -> "Answer":
        """Return the same with more headers."""
        return Answer(self._form, [*self._own, *headers], self.body)

    def aged(self, seconds: float) -> "Answer":
        """Return the same, saying how old it is where that is a second or more."""
        return self if seconds < 1 else self.with_headers((b"age", b"%d" % seconds))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - as ASGI has it
        """Send it."""
        headers = [*self._form.headers, *self._own]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


def rows(body: bytes, etag: bytes | None) -> Answer:
    """Return the answer with these bytes."""
    length = (b"content-length", b"%d" % len(body))
    return Answer(FULL, [length, (b"etag", etag)] if etag else [length], body)


def unchanged(etag: bytes) -> Answer:
    """Return the answer for a client who has the bytes."""
    return Answer(SAME, [(b"etag", etag)], b"")


def name_of(facts: Sequence[object]) -> bytes:
    """Return what a strong ETag (RFC 9110, 8.8.3) has between its quotes: equal in every process for equal facts."""
    return blake2b(repr((FORM, *facts)).encode(), digest_size=12).hexdigest().encode()


def matches(etag: bytes, seen: bytes) -> bool:
    """Whether `If-None-Match` names the ETag (RFC 9110, 13.1.2: by weak comparison)."""
    return seen == etag or any(tag.strip().removeprefix(b"W/") in {etag, b"*"} for tag in seen.split(b","))
