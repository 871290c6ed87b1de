"""One listener: the step from what it has to what the page is now, whenever it can take one.

Nothing is queued. A listener that is being written to misses nothing by that: when its connection takes data again, one
step brings it from what it was sent last to the newest state. An event costs no timer: there is one for each listener,
which looks now and then whether a write stands still, a heartbeat is due or the time is over.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from starlette.types import Message, Receive, Scope, Send

from gateway.live.connection import Connection
from gateway.live.frames import HEARTBEAT, retry
from gateway.live.metrics import LiveMetrics
from gateway.live.page import Page
from libs.cancellation import ended

HEADERS = (
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # nginx would keep events back to fill its buffer
)
End = Literal["left", "slow", "expired", "over", "closing"]


@dataclass(slots=True, kw_only=True)
class House:
    """What all streams of the process share: their rules, and whether it is closing.

    Seconds of silence before a heartbeat, and seconds that a write may stand still; `retry` draws after how many
    milliseconds a client should come back.
    """

    heartbeat: float
    patience: float
    retry: Callable[[], int]
    metrics: LiveMetrics
    closing: bool = False


class Stream:
    """The events of one page to one connection."""

    __slots__ = (
        "_connection", "_house", "_leaving", "_loop", "_news", "_receive", "_seen", "_send", "_sent_at", "_slow",
        "_timer", "_until", "_waiter", "_writing",
    )  # fmt: skip

    def __init__(self, house: House, scope: Scope, receive: Receive, send: Send) -> None:
        """Write with `send`; the client has gone when `receive` says so."""
        self._house = house
        self._connection = Connection(scope)
        self._receive = receive
        self._send = send
        self._loop = asyncio.get_running_loop()
        self._waiter: asyncio.Future[None] | None = None
        self._news = self._writing = self._slow = False

    def wake(self) -> None:
        """Have a look at the page."""
        self._news = True
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def run(self, page: Page, seen: str | None, *, seconds: float) -> End:
        """Send what comes until the stream ends, `seconds` at most, and return why; the client has the state `seen`."""
        self._seen = seen
        self._sent_at = self._loop.time()
        self._until = self._sent_at + seconds
        self._leaving = asyncio.create_task(self._until_left())
        self._leaving.add_done_callback(lambda _: self.wake())
        self._timer = self._loop.call_soon(self._look)
        try:
            return await self._follow(page)
        finally:
            self._timer.cancel()
            await ended([self._leaving])

    async def _follow(self, page: Page) -> End:
        self._connection.tighten()
        await self._tell({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await self._write(retry(self._house.retry()))
        while not (end := self._end(page)):
            step = page.history.step(self._seen)
            await self._write(step.frame if step else HEARTBEAT)
            self._house.metrics.sent(step.kind if step else "heartbeat")
            self._seen = step.position if step else self._seen
            await self._until_news()
        if end not in {"left", "slow"}:
            await self._write(retry(self._house.retry()), more=False)
        return end

    def _end(self, page: Page) -> End | None:
        if self._leaving.done():
            return "slow" if self._slow else "left"
        if self._house.closing:
            return "closing"
        if page.over:
            return "over"
        return "expired" if self._loop.time() >= self._until else None

    async def _until_news(self) -> None:
        if not self._news:
            self._waiter = self._loop.create_future()
            await self._waiter
        self._news = False

    def _look(self) -> None:
        """See whether something is due, and come back when the next thing may be."""
        now, house = self._loop.time(), self._house
        if self._writing:
            due = self._sent_at + house.patience
            if now >= due:
                self._slow = True
                self._connection.cut()
                return
        else:
            due = min(self._sent_at + house.heartbeat, self._until)
            if now >= due:
                self.wake()
                due = now + house.heartbeat
            due = min(due, now + house.patience)  # a write may begin and stand still
        self._timer = self._loop.call_at(due, self._look)

    async def _write(self, data: bytes, *, more: bool = True) -> None:
        await self._tell({"type": "http.response.body", "body": data, "more_body": more})

    async def _tell(self, message: Message) -> None:
        self._writing, self._sent_at = True, self._loop.time()
        await self._send(message)
        self._writing = False

    async def _until_left(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
