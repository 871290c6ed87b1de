"""The ways in which ingestion is loaded: as fast as it takes, at a steady pace, and far beyond what it can do."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from bench.ingest_stack import Board, Ingest, path_of
from bench.lag import lateness_of, most_of, own_lateness
from bench.traffic import Item, Share, Traffic, payload
from bench.wire import Answer, Wire

LANES = 4
LOOK_SECONDS = 0.01
PATIENCE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of items that were sent at once: seconds until all were answered, and until all were shown.

    `each` are the seconds of each request.
    """

    items: int
    each: Sequence[float]
    answered: float
    shown: float
    cpu: Mapping[str, float]


async def at_once(ingest: Ingest, traffic: Traffic, items: Sequence[Item], *, together: int, shown: bool) -> Taken:
    """Send items as fast as they are answered; with `shown`, wait until all of them are on the boards."""
    bodies = [payload(items[start : start + together]) for start in range(0, len(items), together)]
    path, each = path_of(traffic), list[float]()

    async def lane(wire: Wire, mine: Sequence[bytes]) -> None:
        for body in mine:
            each.append(taken(await wire.post(path, body)))

    before, started = ingest.cpu_seconds(), time.perf_counter()
    with ingest.reporter(traffic.programme_id) as wire:
        await asyncio.gather(*(lane(wire, bodies[number::LANES]) for number in range(LANES)))
    answered = time.perf_counter() - started
    if shown:
        await ingest.settled()
    after = ingest.cpu_seconds()
    cpu = {name: after[name] - before[name] for name in after}
    return Taken(len(items), each, answered, time.perf_counter() - started, cpu)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overload:
    """Seconds of each answer to a load that is too much: of those that were accepted, and of those turned away.

    `sender` are the seconds by which the sending process itself was late, now and then; 99 % of what the doors'
    process did had its turn within `door` seconds.
    """

    accepted: Sequence[float]
    refused: Sequence[float]
    sender: Sequence[float]
    door: float


async def overload(
    ingest: Ingest, traffic: Traffic, items: Sequence[Item], *, together: int, rate: float, seconds: float
) -> Overload:
    """Send so many items a second, from the first again after the last, whatever is answered; nobody tries again."""
    bodies = [payload(items[start : start + together]) for start in range(0, len(items), together)]
    path = path_of(traffic)
    accepted: list[float] = []
    refused: list[float] = []

    async def send(wire: Wire, body: bytes) -> None:
        answer = await wire.post(path, body)
        assert answer.status in {202, 429, 503}, answer.body[:500]
        (accepted if answer.status == 202 else refused).append(answer.seconds)

    before, started = await lateness_of(ingest.stack.url("engagement")), time.perf_counter()
    with ingest.reporter(traffic.programme_id) as wire:
        async with own_lateness() as sender, asyncio.TaskGroup() as sending:
            for number in range(int(rate * seconds / together)):
                await asyncio.sleep(max(started + number * together / rate - time.perf_counter(), 0))
                sending.create_task(send(wire, bodies[number % len(bodies)]))
    door = most_of(before, await lateness_of(ingest.stack.url("engagement")), 0.99)
    return Overload(accepted=accepted, refused=refused, sender=sender, door=door)


@dataclass(slots=True)
class _Waiting:
    """An interaction that was answered at `since` and that the board does not show; it showed `before` till then."""

    before: object
    since: float


@dataclass
class Freshness:
    """Seconds from an answer to the board, for one interaction of each request."""

    board: Board
    seconds: list[float] = field(default_factory=list)
    _waiting: dict[UUID, _Waiting] = field(default_factory=dict)
    _all_shown: asyncio.Event = field(default_factory=asyncio.Event)

    async def expect(self, who: UUID) -> None:
        """Remember what the board shows of somebody before the request is sent."""
        (before,) = await self.board.arrivals([who])
        self._waiting[who] = _Waiting(before, since=float("inf"))

    def answered(self, who: UUID) -> None:
        """Start the clock for somebody whose request was answered."""
        if who in self._waiting:  # else it was shown before the answer came
            self._waiting[who].since = time.perf_counter()

    async def watch(self) -> None:
        """Look at the board until cancelled."""
        while True:
            who = list(self._waiting)
            shown = await self.board.arrivals(who) if who else []
            now = time.perf_counter()
            for one, arrival in zip(who, shown, strict=True):
                if arrival != self._waiting[one].before:
                    self.seconds.append(max(now - self._waiting.pop(one).since, 0.0))
            if not self._waiting:
                self._all_shown.set()
            await asyncio.sleep(LOOK_SECONDS)

    async def all_shown(self) -> None:
        """Return when nothing is waited for. Raises TimeoutError."""
        self._all_shown.clear()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self._all_shown.wait()


async def at_a_pace(
    ingest: Ingest,
    traffic: Traffic,
    board: Board,
    *,
    rate: float,
    together: int,
    seconds: float,
) -> Freshness:
    """Send so many items a second; each request carries one on a share of somebody else, whom the board must show."""
    freshness = Freshness(board)
    path = path_of(traffic)
    requests, guests = int(rate * seconds / together), traffic.guests
    bodies = [_with_guest(traffic, guests[number % len(guests)], together) for number in range(requests)]

    async def send(wire: Wire, number: int) -> None:
        who = guests[number % len(guests)].ambassador_id
        await freshness.expect(who)
        taken(await wire.post(path, bodies[number]))
        freshness.answered(who)

    watching = asyncio.create_task(freshness.watch())
    started = time.perf_counter()
    try:
        with ingest.reporter(traffic.programme_id) as wire:
            async with asyncio.TaskGroup() as sending:
                for number in range(requests):
                    await asyncio.sleep(max(started + number * together / rate - time.perf_counter(), 0))
                    sending.create_task(send(wire, number))
        await freshness.all_shown()
    finally:
        watching.cancel()
    return freshness


def taken(answer: Answer) -> float:
    """Return the seconds of an answer; raises AssertionError when it is not 202."""
    assert answer.status == 202, f"{answer.status} {answer.body[:500]!r}"
    return answer.seconds


def _with_guest(traffic: Traffic, share: Share, together: int) -> bytes:
    return payload([*traffic.items(together - 1), traffic.on(share)])
