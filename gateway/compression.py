"""Answers made smaller for clients that take them so: zstd before gzip, piece by piece.

No answer mixes a secret with what somebody else has chosen, and nobody can make a browser send another's token, so that
sizes tell an attacker nothing (BREACH).
"""

import re
import zlib
from collections.abc import Mapping
from typing import Protocol

import zstandard
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.codings import GZIP_LEVEL, LEAST_BYTES, ZSTD_LEVEL, Coding, coding_for, encoded

COMPRESSIBLE = re.compile(
    rb"(application/([\w.-]+\+)?json|application/x-ndjson|text/(csv|plain|html|css|javascript))\b"
)
VARY = (b"vary", b"accept-encoding")


class Compression:
    """Plain ASGI middleware; leaves alone what is encoded already, short, partial, a stream of events or not text."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, with its answer as small as the client takes it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asked = b",".join(value for name, value in scope["headers"] if name == b"accept-encoding")
        await self._app(scope, receive, _Answer(send, coding_for(asked)))


class _Stream(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...
    def flush(self, mode: int, /) -> bytes: ...


class _Answer:
    """Holds the start of an answer back until it is known how long the body is."""

    def __init__(self, send: Send, coding: Coding) -> None:
        self._send = send
        self._coding = coding
        self._start: Message | None = None
        self._stream: _Stream | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = dict(message.get("headers", ()))
            if not _is_compressible(message["status"], headers):
                self._coding = "identity"
                await self._send(message)
                return
            if VARY[1] not in headers.get(VARY[0], b"").lower():
                message = {**message, "headers": [*message["headers"], VARY]}
            if self._coding == "identity" or int(headers.get(b"content-length", LEAST_BYTES)) < LEAST_BYTES:
                self._coding = "identity"
                await self._send(message)
                return
            self._start = message
        elif self._coding == "identity" or message["type"] != "http.response.body":
            await self._send(message)
        else:
            await self._body(self._coding, message)

    async def _body(self, coding: Coding, message: Message) -> None:
        body, more = message.get("body", b""), message.get("more_body", False)
        if self._start is not None:
            start, self._start = self._start, None
            if not more:
                await self._whole(coding, start, body)
                return
            self._stream = _opened(coding)
            await self._send({**start, "headers": _headers(start["headers"], coding)})
        assert self._stream is not None, "a body begins with its start"
        piece = self._stream.compress(body) + self._stream.flush(_mode(coding, last=not more))
        await self._send({"type": "http.response.body", "body": piece, "more_body": more})

    async def _whole(self, coding: Coding, start: Message, body: bytes) -> None:
        if len(body) < LEAST_BYTES:
            self._coding = "identity"
            await self._send(start)
        else:
            body = encoded(body, coding)
            length = (b"content-length", str(len(body)).encode())
            await self._send({**start, "headers": [*_headers(start["headers"], coding), length]})
        await self._send({"type": "http.response.body", "body": body})


def _is_compressible(status: int, headers: Mapping[bytes, bytes]) -> bool:
    return (
        status not in {204, 206, 304}
        and b"content-encoding" not in headers
        and b"no-transform" not in headers.get(b"cache-control", b"")
        and COMPRESSIBLE.match(headers.get(b"content-type", b"")) is not None
    )


def _headers(headers: list[tuple[bytes, bytes]], coding: Coding) -> list[tuple[bytes, bytes]]:
    """Return the headers of the same answer with other bytes: of unknown length, and with its ETag a weak one."""
    kept = [
        (name, b"W/" + value if name == b"etag" and not value.startswith(b"W/") else value)
        for name, value in headers
        if name != b"content-length"
    ]
    return [*kept, (b"content-encoding", coding.encode())]


def _opened(coding: Coding) -> _Stream:
    if coding == "zstd":
        return zstandard.ZstdCompressor(level=ZSTD_LEVEL).compressobj()
    return zlib.compressobj(GZIP_LEVEL, wbits=31)


def _mode(coding: Coding, *, last: bool) -> int:
    """Return the flush after each piece, so that none waits for the next."""
    if coding == "zstd":
        return zstandard.COMPRESSOBJ_FLUSH_FINISH if last else zstandard.COMPRESSOBJ_FLUSH_BLOCK
    return zlib.Z_FINISH if last else zlib.Z_SYNC_FLUSH
