"""What a client may make our HTTP server hold: uvicorn's protocol with bounds on heads, on slowness and on nonsense."""

import asyncio
from typing import Any, Final

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from libs.problems import Problem
from libs.process.protocol import Http
from libs.web.errors import HeadTooLarge, MalformedRequest
from libs.web.problems import render

HEAD_BYTES: Final = 64 * 1024
SENDING_SECONDS: Final = 15.0  # for a head, and for the rest of a body that is not wanted any more


class BoundedHttp(Http):
    """Refuses with a problem document what is no HTTP, and closes connections on which too little happens.

    uvicorn itself takes heads of any size and waits for them for ever; what it says of nonsense is plain text.
    """

    def __init__(self, *given: Any, **named: Any) -> None:  # noqa: ANN401 - as uvicorn hands them over
        super().__init__(*given, **named)
        self._head_bytes = 0
        self._in_head = True
        self._deaf = False  # what comes now belongs to no request
        self._sending_since: float | None = None  # the client is in the middle of something

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Take a connection in; one that stays silent is closed like one that is idle."""
        super().connection_made(transport)
        self._sending_since = self.loop.time() + self.timeout_keep_alive - SENDING_SECONDS

    def data_received(self, data: bytes) -> None:
        """Parse what has come; what is no HTTP ends the connection."""
        if self._deaf:
            return
        self._unset_keepalive_if_required()
        self._head_bytes += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:  # nothing else is spoken here: this is answered, and nothing after it
            self._deaf = True
            self.cycle.keep_alive = False
        except httptools.HttpParserError as error:
            self._refuse(error.__context__ if isinstance(error.__context__, Problem) else None)
        else:
            if self._in_head and self._head_bytes > HEAD_BYTES:
                self._refuse(_too_large())

    def on_message_begin(self) -> None:
        """Begin to read a request."""
        super().on_message_begin()
        self._in_head = True
        self._sending_since = self.loop.time()

    def on_headers_complete(self) -> None:
        """Have the request answered, unless its head is too large."""
        if self._head_bytes > HEAD_BYTES:  # body included, so that only few are measured
            size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
            if size > HEAD_BYTES:
                raise _too_large()
        self._in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """End a request."""
        self._head_bytes = 0
        self._sending_since = None
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Give a client that still sends its body some time to come to the end."""
        if self._sending_since is not None:
            self._sending_since = self.loop.time()
        super().on_response_complete()

    def heard_whole(self) -> None:
        """Take note of a whole request that was read without the parser."""
        self._sending_since = None

    def close_when_slow(self, now: float) -> None:
        """Close the connection of a client that does not come to the end of what it sends."""
        unheard = self._in_head or self.cycle.response_complete
        if self._sending_since is not None and unheard and now - self._sending_since > SENDING_SECONDS:
            self.transport.close()

    def _refuse(self, problem: Problem | None) -> None:
        """Answer with a problem, unless that would be taken for the answer to an earlier request; then close."""
        self._deaf = True
        cycle = getattr(self, "cycle", None)  # uvicorn has one only after the first request
        if cycle is not None and not cycle.response_complete:
            if not cycle.more_body:  # a whole request that waits for its answer gets it
                cycle.keep_alive = False
                return
            if cycle.response_started:
                self.transport.close()
                return
        refusal = render(problem or MalformedRequest("this is no HTTP/1.1 request"), {"Connection": "close"})
        headers = [*self.server_state.default_headers, *refusal.raw_headers]
        lines = [b"%b: %b\r\n" % header for header in headers]
        self.transport.write(b"".join([STATUS_LINE[refusal.status_code], *lines, b"\r\n", bytes(refusal.body)]))
        self.transport.close()


def _too_large() -> Problem:
    return HeadTooLarge(f"address and headers may have {HEAD_BYTES} bytes")
