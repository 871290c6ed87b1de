"""Visits on their way to the broker: noted in the request, made into keys and classes afterwards, told in batches.

A request only puts what it knows into a list. Every tenth of a second the list is emptied: addresses and user agents,
which nobody must see, live that long and in memory only. What is lost with a process that is killed are the visits of
that tenth of a second, and those that the broker has not taken yet.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from itertools import islice
from uuid import UUID

from starlette.types import Scope

from gateway.links.agents import Agents
from gateway.links.metrics import LinkMetrics
from gateway.links.visitors import VisitorKeys
from libs.bus.errors import BusUnavailable, PublishRefused
from libs.bus.publish import Publisher
from libs.clock import Clock
from libs.events.envelope import PARTITIONS
from libs.events.gateway import VisitsSeen
from libs.process.tasks import running
from libs.storage.outbox import Message, partition_message
from libs.telemetry.logs import logger

log = logger(__name__)

PAUSE_SECONDS = 0.1
NOTED_AT_MOST = 20_000
UNSENT_AT_MOST = 100_000  # some 30 MB: a minute of a busy day without a broker
AT_ONCE = 100  # visits looked at, in some 0.3 ms, before requests are answered again
TOGETHER = 500  # visits in one event, some 130 kB
EVENTS_AT_ONCE = 30  # in one batch of the broker, which takes 4 MiB
RETRY_SECONDS = 1.0
FAREWELL_SECONDS = 5.0
AHEAD = {b"sec-purpose", b"purpose", b"x-moz"}  # headers by which browsers say that nobody sees what they load


Headers = Sequence[tuple[bytes, bytes]]
Peer = tuple[str, int] | None
Noted = tuple[bytes, datetime, str, Peer, Headers]
"""A link's id, when it was followed, and of the request: method, address and headers, as they came."""


class Visits:
    """What was seen and not told yet."""

    def __init__(
        self, publisher: Publisher, keys: VisitorKeys, metrics: LinkMetrics, *, clock: Clock, new_id: Callable[[], UUID]
    ) -> None:
        """Use `open_visits` instead."""
        self._publisher = publisher
        self._keys = keys
        self._metrics = metrics
        self._clock = clock
        self._new_id = new_id
        self._agents = Agents()
        self._noted: list[Noted] = []
        self._seen: list[dict[str, object]] = []
        self._unsent: deque[tuple[Message, int]] = deque()
        self._unsent_visits = 0
        self._events = 0
        self._there = asyncio.Event()
        metrics.waiting(lambda: len(self._noted) + len(self._seen) + self._unsent_visits)

    def note(self, link_id: bytes, scope: Scope) -> None:
        """Remember a request that was sent on; when too many wait, it is counted as lost."""
        if len(self._noted) < NOTED_AT_MOST:
            now = self._clock.now()
            self._noted.append((link_id, now, scope["method"], scope["client"], scope["headers"]))
        else:
            self._metrics.followed(1)
            self._metrics.lost(1, "noted")

    async def gather(self) -> None:
        """Empty the list again and again."""
        while True:
            await asyncio.sleep(PAUSE_SECONDS)
            await self.seal()

    async def seal(self) -> None:
        """Make what was noted into events, letting requests be answered in between."""
        for _ in range(0, len(self._noted), AT_ONCE):
            noted = self._noted[:AT_ONCE]
            del self._noted[:AT_ONCE]
            self._seen += [self._visit(*one) for one in noted]
            if len(self._seen) >= TOGETHER:
                self._keep()
            await asyncio.sleep(0)
        if self._seen:
            self._keep()

    def _keep(self) -> None:
        seen, self._seen = self._seen, []
        self._metrics.followed(len(seen))
        if self._unsent_visits + len(seen) > UNSENT_AT_MOST:
            self._metrics.lost(len(seen), "unsent")
            return
        self._events += 1  # no order is kept among visits, so each partition is as good
        message = partition_message(
            VisitsSeen.model_validate({"visits": seen}),
            partition=self._events % PARTITIONS,
            service="gateway",
            now=self._clock.now(),
        )
        self._unsent.append((message, len(seen)))
        self._unsent_visits += len(seen)
        self._there.set()

    def _visit(self, link_id: bytes, at: datetime, method: str, peer: Peer, headers: Headers) -> dict[str, object]:
        """Return a visit for the model to read: at once for all of them, in half the time of one by one."""
        user_agent, ahead = read_headers(headers)
        visitor, network = self._keys.of(peer, user_agent, at.date())
        return {
            "visit_id": self._new_id(),
            "link_id": link_id,
            "seen_at": at,
            "visitor": visitor,
            "network": network,
            "agent": self._agents.of(user_agent),
            "prefetch": ahead or method == "HEAD",
        }

    async def tell(self) -> None:
        """Publish what was sealed, in order; while the broker is away, try again."""
        while True:
            await self._there.wait()
            self._there.clear()
            await self.tell_all()

    async def tell_all(self) -> None:
        """Publish all that is sealed now."""
        while self._unsent:
            batch = list(islice(self._unsent, EVENTS_AT_ONCE))
            try:
                await self._publisher.publish_batch([message for message, _ in batch])
            except (BusUnavailable, PublishRefused) as error:
                log.warning("visits_delayed", error=repr(error), visits=self._unsent_visits)
                await asyncio.sleep(RETRY_SECONDS)
                continue
            for _, visits in batch:
                self._unsent.popleft()
                self._unsent_visits -= visits

    async def end(self) -> None:
        """Tell what is left, for as long as a process that ends may take; what is left then is lost."""
        await self.seal()
        try:
            async with asyncio.timeout(FAREWELL_SECONDS):
                await self.tell_all()
        except TimeoutError:
            self._metrics.lost(self._unsent_visits, "unsent")
            log.warning("visits_lost", visits=self._unsent_visits)


def read_headers(headers: Headers) -> tuple[bytes, bool]:
    """Return the user agent, empty when none is said, and whether a browser says that it only loads ahead."""
    user_agent, ahead = b"", False
    for name, value in headers:
        if name == b"user-agent":
            user_agent = value
        elif name in AHEAD and value.lower().startswith(b"prefetch"):
            ahead = True
    return user_agent, ahead


@asynccontextmanager
async def open_visits(
    publisher: Publisher, keys: VisitorKeys, metrics: LinkMetrics, *, clock: Clock, new_id: Callable[[], UUID]
) -> AsyncIterator[Visits]:
    """Tell visits for as long as the block runs, and what is left at its end."""
    visits = Visits(publisher, keys, metrics, clock=clock, new_id=new_id)
    async with running([visits.gather(), visits.tell()]):
        yield visits
    await visits.end()
