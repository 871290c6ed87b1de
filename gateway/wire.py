"""The gateway's side of a connection: uvicorn's, which first offers each request to the short way.

What is answered there is never a task and does not pass ASGI, which would cost more than the answer. Who polls a board
sends the same bytes each time; what they mean is kept, so that a request whose bytes were read before, and which comes
alone on an idle connection, is not even parsed. Nothing else of it is kept: every check is made again. All that
concerns the connection stays uvicorn's: requests in a row, keeping alive, limits and draining.
"""

import time
from collections.abc import Callable
from functools import partial
from typing import Any, cast

from fastapi import FastAPI
from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from gateway.boards.answer import Answer
from gateway.boards.gathered import Found
from gateway.door import REFUSED
from gateway.heads import written
from gateway.short_way import Asked, Begun, ShortWay
from libs.problems import Problem
from libs.process.bounds import BoundedHttp
from libs.storage.valkey import ValkeyError
from libs.telemetry.logs import logger
from libs.web.drain import Drain

log = logger(__name__)

MOST_KEPT = 16_384  # requests whose meaning a process keeps: 12 MiB, with tokens as long as they usually are
LONGEST_KEPT = 2048  # bytes of one
Otherwise = Callable[[Problem | None], None]


class Kept(dict[bytes, Asked]):
    """What requests mean, by their bytes; with one too many it begins anew."""

    def keep(self, data: bytes, asked: Asked) -> None:
        """Keep one more."""
        if len(self) >= MOST_KEPT:
            self.clear()
        self[data] = asked


class BoardProtocol(BoundedHttp):
    """One connection."""

    def __init__(self, *uvicorns: Any, served: FastAPI, kept: Kept, **more: Any) -> None:  # noqa: ANN401 - as it has it
        """Serve `served`, whose state has the short way once it has started; `kept` is shared by all connections."""
        super().__init__(*uvicorns, **more)
        self._short_way: ShortWay | None = getattr(served.state, "short_way", None)
        self._drain: Drain = served.state.drain
        self._kept = kept
        self._open = False  # whether the parser is in the middle of a message
        self._messages = 0  # begun by the bytes that came last
        self._asked: Asked | None = None  # what the last of them means, where the short way took it
        self._waiting: list[bytes] | None = None  # what comes while a request is under way that was not parsed
        self._ending = False
        self._rests_since = float("-inf")  # when the last request was answered that was not parsed
        self._defaults: tuple[list[tuple[bytes, bytes]], bytes] = ([], b"")

    def data_received(self, data: bytes) -> None:
        """Take bytes (asyncio.Protocol)."""
        if self._waiting is not None:
            self.flow.pause_reading()
            self._waiting.append(data)
            return
        cycle = cast("RequestResponseCycle | None", self.cycle)  # uvicorn begins without one
        idle = not self._open and (cycle is None or cycle.response_complete)
        asked = self._kept.get(data) if idle else None
        if asked is None or not self._may_be_short():
            self._parse(data, alone=idle)
            return
        self.heard_whole()
        self._waiting = []
        if not self._offer(asked, self._end_unparsed, lambda _: self._end_unparsed(data)):
            self._end_unparsed(data)

    def on_message_begin(self) -> None:
        """Note it (HttpToolsProtocol)."""
        self._open = True
        self._messages += 1
        super().on_message_begin()

    def on_message_complete(self) -> None:
        """Note it (HttpToolsProtocol)."""
        self._open = False
        super().on_message_complete()

    def shutdown(self) -> None:
        """Close when what is under way is answered (HttpToolsProtocol)."""
        self._ending = True
        if self._waiting is None:
            super().shutdown()

    def timeout_keep_alive_handler(self) -> None:
        """Close the connection, unless there were requests that did not set this timer anew (HttpToolsProtocol)."""
        if self.transport.is_closing():  # whatever was under way: nobody waits for it
            return
        rested = 0.0 if self._waiting is not None else self.loop.time() - self._rests_since
        if rested < self.timeout_keep_alive:
            self._watch(self.timeout_keep_alive - rested)
        else:
            super().timeout_keep_alive_handler()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:  # noqa: ANN401 - as above
        """Begin a request that was parsed (HttpToolsProtocol)."""
        asked = None
        if self._short_way is not None and self._may_be_short_of(cycle, app):
            asked = self._short_way.understand(scope_of(cycle))
        if asked is None or not self._offer(asked, partial(self._end, cycle), partial(self._leave, cycle)):
            super()._start_asgi_task(cycle, app)
        else:
            self._asked = asked

    def _may_be_short_of(self, cycle: RequestResponseCycle, app: Any) -> bool:  # noqa: ANN401 - as above
        # with another in the row behind it an answer at once would begin that one inside this one
        return app is self.app and cycle.keep_alive and not self.pipeline and self._may_be_short()

    def _may_be_short(self) -> bool:
        limited = self.limit_concurrency is not None  # uvicorn counts its own tasks
        return self._short_way is not None and not (limited or self._ends() or self.flow.write_paused)

    def _ends(self) -> bool:
        """Whether the connection is to be closed after its answer, which uvicorn knows how to do."""
        return self._ending or self._drain.begun.is_set()

    def _parse(self, data: bytes, *, alone: bool) -> None:
        """Do what uvicorn does; keep what the bytes mean where they are one request that the short way took."""
        self._messages, self._asked = 0, None
        super().data_received(data)
        if self._asked and alone and self._messages == 1 and not self._open and len(data) <= LONGEST_KEPT:
            self._kept.keep(data, self._asked)

    def _offer(self, asked: Asked, end: Callable[[], None], leave: Otherwise) -> bool:
        """Answer and call `end`, now or once Valkey has answered, or call `leave` then; or return false."""
        assert self._short_way is not None, "it may be short"
        began = time.perf_counter()
        try:
            begun = self._short_way.begin(asked)
        except Problem:
            return False  # the door meets it again, and says so
        except Exception:
            log.exception("short_way_failed")
            return False
        if begun is None:
            return False
        read, limit = begun
        if isinstance(read, Answer):
            self._write(asked, read, limit, began)
            end()
        else:
            read.ask(partial(self._go_on, asked, read, limit, began, end, leave))
        return True

    def _go_on(
        self,
        asked: Asked,
        begun: Begun,
        limit: bytes,
        began: float,
        end: Callable[[], None],
        leave: Otherwise,
        found: Found | ValkeyError,
    ) -> None:
        """Go on with what Valkey has told."""
        if self.transport.is_closing():
            return
        if isinstance(found, ValkeyError):
            leave(None)
            return
        try:
            answer = begun.finish(found)
        except Problem as problem:
            leave(problem)
        except Exception:
            log.exception("short_way_failed")
            leave(None)
        else:
            if self._ends() or self.pipeline:  # uvicorn knows how to close, and how to begin the next
                leave(None)
            else:
                self._write(asked, answer, limit, began)
                end()

    def _write(self, asked: Asked, answer: Answer, limit: bytes, began: float) -> None:
        assert self._short_way is not None, "it has answered"
        request_id = self._short_way.request_id(asked)
        # in one piece: uvloop makes a system call of each write
        parts = answer.head, self._lines(), limit, request_id, answer.body
        self.transport.write(b"%b%b%bx-request-id: %b\r\n\r\n%b" % parts)
        self._short_way.answered(asked, answer.status, began)

    def _lines(self) -> bytes:
        """Return what uvicorn adds to every answer; it makes that anew each second, for the date."""
        headers = self.server_state.default_headers
        if self._defaults[0] is not headers:
            self._defaults = headers, written(headers)
        return self._defaults[1]

    def _end(self, cycle: RequestResponseCycle) -> None:
        """A request that was parsed is answered."""
        cycle.response_started = cycle.response_complete = True
        cycle.message_event.set()
        self.on_response_complete()

    def _leave(self, cycle: RequestResponseCycle, problem: Problem | None) -> None:
        """A request that was parsed goes the long way after all."""
        if problem is not None:
            scope_of(cycle)[REFUSED] = problem
        super()._start_asgi_task(cycle, self.app)

    def _end_unparsed(self, data: bytes = b"") -> None:
        """A request that was not parsed is answered; or, when it is given, goes the long way after all."""
        waiting, self._waiting = self._waiting, None
        if data:
            self._parse(data, alone=False)
            if self._ending:
                self.cycle.keep_alive = False
        else:
            self._rest()
        if waiting:
            self.data_received(b"".join(waiting))

    def _rest(self) -> None:
        """Do what uvicorn does after an answer; the timer that closes an idle connection goes on as it was."""
        self.server_state.total_requests += 1
        self._rests_since = self.loop.time()
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.timeout_keep_alive_task is None:
            self._watch(self.timeout_keep_alive)

    def _watch(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)


def scope_of(cycle: RequestResponseCycle) -> Scope:
    """Return what uvicorn types more narrowly."""
    return cast("Scope", cycle.scope)
