"""One HTTP/1.1 connection to a service: a request out and its answer in, piece by piece, one exchange at a time."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import cast

import httptools

from gateway.proxy.headers import Headers

HELD_BYTES = 128 * 1024  # of an answer whose client reads slowly; then the service is not read from


class BrokenOff(Exception):  # noqa: N818 - says what happened
    """The service closed the connection, or said what is no HTTP; it is not known what was done."""


class Late(Exception):  # noqa: N818 - says what happened
    """The service did not answer in time, or went silent; it is not known what was done."""


class Connection(asyncio.Protocol):
    """Where it stands is read off `answered`, `complete` and `reusable`; every wait raises BrokenOff or Late.

    asyncio calls the methods of its protocols, httptools those that begin with `on_`.
    """

    def __init__(self, lost: Callable[["Connection"], None]) -> None:
        """Tell `lost` when the connection is closed, by whomever."""
        self.idle_since = 0.0
        self.closed = False
        self._loop = asyncio.get_running_loop()
        self._lost = lost
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        self._drained: asyncio.Future[None] | None = None
        self._reset(0.0)
        self._done = True

    def _reset(self, patience: float) -> None:
        self.status = 0
        self.headers: Headers = []
        self.answered = False
        self._patience = patience
        self._bounded = False
        self._keeps = False
        self._sent = False
        self._done = False
        self._pieces: deque[bytes] = deque()
        self._held = 0
        self._paused = False
        self._error: Exception | None = None
        self._waiter: asyncio.Future[None] | None = None

    @property
    def complete(self) -> bool:
        """Whether the answer has been taken to its end."""
        return self._done and not self._pieces

    @property
    def reusable(self) -> bool:
        """Whether another exchange may follow: this one is over on both sides."""
        return self._done and self._sent and self._keeps and not self.closed

    def start(self, head: bytes, *, patience: float) -> None:
        """Send the head of a request; each wait for the service lasts `patience` seconds at most."""
        self._reset(patience)
        if self.closed:
            self._error = BrokenOff("is closed")
        self._write(head)

    async def send(self, piece: bytes) -> None:
        """Send a piece of the body; returns when there is room for the next, or nobody wants it any more."""
        self._write(piece)
        if self._drained is not None and not self.answered:
            try:
                async with asyncio.timeout(self._patience):
                    await asyncio.shield(self._drained)
            except TimeoutError:
                self.fail(Late("does not read the body"))

    def end(self) -> None:
        """Say that the request is whole: from now on the service is waited for."""
        self._sent = True
        self._wake()

    async def answer(self) -> None:
        """Return when the answer has begun: `status` and `headers` are there."""
        while not self.answered:
            await self._wait()

    async def piece(self) -> bytes:
        """Return what has come of the body since the last time; nothing after its end."""
        while not self._pieces:
            if self._done:
                return b""
            await self._wait()
        found = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        self._pieces.clear()
        self._held = 0
        if self._paused and self._transport is not None:
            self._paused = False
            self._transport.resume_reading()
        return found

    def fail(self, error: Exception) -> None:
        """End an exchange that is under way with an error, and the connection with it."""
        if not self._done and self._error is None:
            self._error = error
            self._wake()
        self.close()

    def close(self) -> None:
        """Close the connection at once; what was not sent is dropped."""
        self.closed = True
        if self._transport is not None:
            self._transport.abort()

    async def _wait(self) -> None:
        if self._error is not None:
            raise self._error
        self._waiter = self._loop.create_future()
        # a service is waited for when the request is whole, or when it has begun to answer
        counts = self._sent or self.answered
        timer = self._loop.call_later(self._patience, self.fail, Late("is silent")) if counts else None
        try:
            await self._waiter
        finally:
            self._waiter = None
            if timer is not None:
                timer.cancel()
        if self._error is not None:
            raise self._error

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _write(self, data: bytes) -> None:
        if self._transport is not None and not self.closed:
            self._transport.write(data)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way to write."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one without saying so

    def connection_lost(self, exc: Exception | None) -> None:
        """End what is under way, and tell whose connection it was."""
        self.closed = True
        self.resume_writing()
        if self.answered and not self._bounded and exc is None:
            self._done = True  # a body without a length ends with the connection (RFC 9112, 6.3)
        if not self._done and self._error is None:
            self._error = BrokenOff(repr(exc) if exc else "closed the connection")
        self._wake()
        self._lost(self)

    def pause_writing(self) -> None:
        """Let whoever sends wait."""
        self._drained = self._loop.create_future()

    def resume_writing(self) -> None:
        """Let whoever sends go on."""
        if self._drained is not None and not self._drained.done():
            self._drained.set_result(None)
        self._drained = None

    def data_received(self, data: bytes) -> None:
        """Read an answer that was asked for."""
        if self._done:  # nobody has asked for this
            self.close()
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self.fail(BrokenOff(repr(error)))

    def on_message_begin(self) -> None:
        """Begin an answer."""
        if self._done:
            raise BrokenOff("answered twice")
        self.headers = []

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header."""
        key = name.lower()
        self._bounded = self._bounded or key in {b"content-length", b"transfer-encoding"}
        self.headers.append((key, value))

    def on_headers_complete(self) -> None:
        """Let whoever waits have the beginning of the answer."""
        self.status = self._parser.get_status_code()
        if self.status < 200:  # an answer before the answer
            self._bounded = False
            return
        self._bounded = self._bounded or self.status in {204, 304}
        self._keeps = self._bounded and self._parser.should_keep_alive()
        self.answered = True
        self.resume_writing()
        self._wake()

    def on_body(self, body: bytes) -> None:
        """Keep a piece; beyond a bound nothing more is read until it is taken."""
        self._pieces.append(body)
        self._held += len(body)
        if self._held > HELD_BYTES and not self._paused and self._transport is not None:
            self._paused = True
            self._transport.pause_reading()
        self._wake()

    def on_message_complete(self) -> None:
        """End the answer."""
        if self.answered:
            self._done = True
            self._wake()
