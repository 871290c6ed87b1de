"""One connection to Valkey from its first byte to its last, and the calls that wait for answers on it."""

import asyncio
from collections import deque
from typing import Any, TypeAlias, cast

import hiredis
from redis.exceptions import ConnectionError as Disconnected
from redis.exceptions import NoScriptError, RedisError, ResponseError
from redis.exceptions import TimeoutError as TooSlow

AT_ONCE = 8  # calls that leave before the tick ends, so that the server begins while others are still being made
Reply: TypeAlias = Any  # Any: an answer is whatever the command gives, and lists of it


def refusal(text: str) -> ResponseError:
    """Return the exception for an error that the server answered."""
    return NoScriptError(text) if text.startswith("NOSCRIPT") else ResponseError(text)


class Link(asyncio.Protocol):
    """Sends what was asked within a tick in one write; hands out answers in the order of the calls.

    `lost` is set when the connection is gone, and `reason` says why; by then every call has failed.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, *, patience: float) -> None:
        """Give up the connection when a call has waited `patience` seconds."""
        self.lost = asyncio.Event()
        self.reason = ""
        self._loop = loop
        self._patience = patience
        self._reader = hiredis.Reader(protocolError=Disconnected, replyError=refusal)
        self._written: list[bytes] = []
        self._unsent = 0  # calls
        self._waiting: deque[tuple[float, int, asyncio.Future[Reply]]] = deque()
        self.pending = 0  # calls that wait for their answers
        self._transport: asyncio.Transport | None = None
        self._watch: asyncio.TimerHandle | None = None

    def ask(self, command: bytes, *, calls: int = 1) -> asyncio.Future[Reply]:
        """Send a command with the others of this tick, for so many calls. Raises Disconnected when the link is lost."""
        if self.lost.is_set():
            raise Disconnected("the connection to Valkey was lost")
        if not self._written:
            self._loop.call_soon(self._flush)
        self._written.append(command)
        self._unsent += calls
        if self._unsent >= AT_ONCE:
            self._flush()
        answer: asyncio.Future[Reply] = self._loop.create_future()
        self._waiting.append((self._loop.time(), calls, answer))
        self.pending += calls
        if self._watch is None:
            self._watch = self._loop.call_later(self._patience, self._look)
        return answer

    def close(self) -> None:
        """Close the connection; whoever still waits fails."""
        self._fail(Disconnected, "the connection to Valkey was closed")

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin (asyncio.Protocol)."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but its bases

    def data_received(self, data: bytes) -> None:
        """Hand out the answers that are complete (asyncio.Protocol)."""
        reader, waiting = self._reader, self._waiting
        reader.feed(data)
        try:
            while (reply := reader.gets()) is not False:
                _, calls, answer = waiting.popleft()
                self.pending -= calls
                if answer.done():  # whoever asked has left
                    continue
                if isinstance(reply, ResponseError):
                    answer.set_exception(reply)
                else:
                    answer.set_result(reply)
        except (Disconnected, IndexError) as error:  # bytes that are no answer, or an answer to no call
            self._fail(Disconnected, f"Valkey spoke another language: {error!r}")

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail whoever waits (asyncio.Protocol)."""
        self._fail(Disconnected, f"the connection to Valkey was lost: {exc!r}")

    def _flush(self) -> None:
        written, self._written, self._unsent = self._written, [], 0
        if written and self._transport is not None and not self.lost.is_set():
            self._transport.write(b"".join(written))

    def _look(self) -> None:
        """Give up when the first in the row has waited too long."""
        self._watch = None
        if not self._waiting:
            return
        waited = self._loop.time() - self._waiting[0][0]
        if waited >= self._patience:
            self._fail(TooSlow, "Valkey did not answer in time")
        else:
            self._watch = self._loop.call_later(self._patience - waited, self._look)

    def _fail(self, kind: type[RedisError], reason: str) -> None:
        if self.lost.is_set():
            return
        self.reason = reason
        self.lost.set()
        if self._watch is not None:
            self._watch.cancel()
        if self._transport is not None:
            self._transport.abort()
        self.pending = 0
        while self._waiting:
            _, _, answer = self._waiting.popleft()
            if not answer.done():
                answer.set_exception(kind(reason))  # one for each: raising grows an exception's traceback
