"""Answering `GET /v1/boards/{board_id}/live`: who may follow which page, for how long, and how many at once."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from starlette.types import Receive, Send

from gateway.boards.endpoint import parsed
from gateway.boards.periods import FORMS
from gateway.call import Call
from gateway.errors import LiveFull
from gateway.live.answers import LiveQuery
from gateway.live.metrics import LiveMetrics
from gateway.live.page import Key
from gateway.live.places import Places
from gateway.live.source import Source
from gateway.live.stream import House, Stream
from gateway.live.watching import Watching
from gateway.settings import Settings
from libs.bus.connection import Connection
from libs.bus.hints import hearing
from libs.events.hints import BOARDS
from libs.process.tasks import running
from libs.web.drain import Drain

PATH = "/v1/boards/{board_id}/live"
LASTS_SECONDS = 3600.0  # at most: what was taken from a person, or another process beside us, is noticed by then
RETRY_MILLISECONDS, SPREAD_MILLISECONDS = 1000, 4000  # all listeners of a process that ends must not come at once


class Live:
    """The streams of this process."""

    def __init__(self, source: Source, metrics: LiveMetrics, settings: Settings) -> None:
        """Follow what `source` shows."""
        self._source = source
        self._places = Places(each=settings.live_per_person, most=settings.live_listeners)
        self._house = House(
            heartbeat=settings.live_heartbeat_seconds,
            patience=settings.live_send_seconds,
            retry=lambda: RETRY_MILLISECONDS + secrets.randbelow(SPREAD_MILLISECONDS),
            metrics=metrics,
        )
        self.watching = Watching(source, metrics, check_seconds=settings.live_check_seconds)
        metrics.listeners(lambda: self._places.taken)

    async def answer(self, call: Call, receive: Receive, send: Send) -> None:
        """Send the stream that was asked for. Raises Problem, and then nothing has been sent."""
        if self._house.closing:
            raise LiveFull("this process is ending; try again", retry_after=1)
        query = parsed(LiveQuery, call.query)
        with self._places.one(call.caller.subject):
            board = await self._source.definition(UUID(call.parameters["board_id"]))
            call.enter(board)
            period = self._source.period(query.period, board)
            key = Key(board.board_id, period, query.limit, query.period is None or query.period in FORMS)
            stream = Stream(self._house, call.scope, receive, send)
            async with self.watching.watched(key, board, stream.wake) as page:
                seconds = min(call.caller.seconds_left(), LASTS_SECONDS)
                end = await stream.run(page, call.header(b"last-event-id"), seconds=seconds)
        self._house.metrics.ended(end)

    def close(self) -> None:
        """End all streams now, with an order to come back, and begin no other."""
        self._house.closing = True
        self.watching.wake_all()

    @asynccontextmanager
    async def running(self, connection: Connection, drain: Drain) -> AsyncIterator[None]:
        """Follow changes until the block ends; streams end before that, when `drain` begins.

        uvicorn stops an application only after every open answer has ended, and a stream does not end by itself.
        """
        watching = self.watching
        drain.on_begin(self.close)
        async with (
            hearing(connection, BOARDS, watching.heard, missed=watching.look_at_all),
            running([watching.run(), watching.check()]),
        ):
            yield
