"""Hints over core NATS: told a few at a time, heard by whoever listens now, kept nowhere."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import islice

from nats.aio.msg import Msg

from libs.bus.connection import UNAVAILABLE, Connection
from libs.bus.metrics import BusMetrics
from libs.telemetry.logs import logger

log = logger(__name__)

PAUSE_SECONDS = 0.05  # what changes again and again is told so often at most
WAITING_AT_MOST = 10_000
TOGETHER = 1000  # lines of a message


class Hints:
    """Tells lines on one subject. The first goes at once; equal ones of the same pause go as one."""

    def __init__(self, connection: Connection, subject: str, metrics: BusMetrics) -> None:
        """Tell through `connection` once `run` is running."""
        self._connection = connection
        self._subject = subject
        self._metrics = metrics
        self._waiting: dict[str, None] = {}  # a set in the order of coming
        self._some = asyncio.Event()

    def give(self, line: str) -> None:
        """Have a line told soon; one too many is lost, and counted."""
        if line not in self._waiting and len(self._waiting) >= WAITING_AT_MOST:
            self._metrics.hints("lost")
            return
        self._waiting[line] = None
        self._some.set()

    async def run(self) -> None:
        """Tell until cancelled; what comes while the broker is away waits for it."""
        while True:
            await self._some.wait()
            if self._connection.connected:
                await self._tell()
            await asyncio.sleep(PAUSE_SECONDS)

    async def _tell(self) -> None:
        lines = list(islice(self._waiting, TOGETHER))
        for line in lines:
            del self._waiting[line]
        if not self._waiting:
            self._some.clear()
        try:
            await self._connection.client.publish(self._subject, "\n".join(lines).encode())
        except UNAVAILABLE as error:
            log.warning("hints_lost", subject=self._subject, count=len(lines), error=repr(error))
            self._metrics.hints("lost", len(lines))
        else:
            self._metrics.hints("told", len(lines))


@asynccontextmanager
async def hearing(
    connection: Connection, subject: str, heard: Callable[[Sequence[str]], None], *, missed: Callable[[], None]
) -> AsyncIterator[None]:
    """Call `heard` with the lines of each message, and `missed` after each time without the broker."""

    async def received(message: Msg) -> None:
        heard(message.data.decode(errors="replace").split("\n"))

    subscription = await connection.client.subscribe(subject, cb=received)
    with suppress(*UNAVAILABLE):  # else the client subscribes when it is connected again
        await connection.client.flush()
    connection.renewed.append(missed)
    try:
        yield
    finally:
        connection.renewed.remove(missed)
        with suppress(*UNAVAILABLE):
            await subscription.unsubscribe()
