"""The processes that ingestion is measured on: engagement in both halves and gamification, on servers of their own."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import psutil  # type: ignore[import-untyped]  # has no types of its own

from bench.servers import cpu_of, empty_folder
from bench.traffic import Traffic
from bench.wire import Wire
from deploy.local.addresses import running_addresses
from deploy.local.issuer import mint
from deploy.local.stack import Stack, running_stack
from deploy.local.topology import programs_named
from deploy.local.verify import Reach, examine, reach_of
from libs.bus.publish import Publisher, in_batches
from libs.bus.testing import settle
from libs.clock import SystemClock
from libs.events.envelope import Event
from libs.events.sharing import AmbassadorEnrolled, SharePublished
from libs.storage.outbox import message_of
from services.gamification.boards import store as boards
from services.gamification.boards.domain import period_keys

CLOCK = SystemClock()
SERVICES = ("engagement", "gamification")
PROCESSES = ("engagement", "engagement-worker", "gamification")
SERVERS = ("postgres", "nats", "valkey")
SETTLING_SECONDS = 300.0
LOOK_SECONDS = 0.2


@dataclass(kw_only=True)
class Ingest:
    """The running processes, seen from outside.

    `databases` are addresses; `memory` holds the most that each process has used so far, in MiB.
    """

    stack: Stack
    reach: Reach
    databases: Mapping[str, str]
    memory: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def reporter(self, programme_id: UUID) -> Iterator[Wire]:
        """Return the connections of a machine that reports interactions of a programme."""
        token = mint(
            self.stack.folder,
            subject="bench",
            roles=["service"],
            programmes=[programme_id],
            lifetime=timedelta(hours=2),
            now=CLOCK.now(),
        )
        headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        wire = Wire(self.stack.url("engagement"), headers)
        try:
            yield wire
        finally:
            wire.close()

    async def tell(self, events: Iterable[Event]) -> None:
        """Publish what the other services would tell; returns once it is applied."""
        publisher = Publisher(self.reach.broker)
        messages = [message_of(one, key=_key(one), service="bench", now=CLOCK.now()) for one in events]
        for run in in_batches(messages):
            await publisher.publish_batch(run)
        await self.settled()

    async def settled(self) -> None:
        """Return when nothing is under way in any process."""
        await settle(
            self.reach.broker, list(self.reach.databases.values()), seconds=SETTLING_SECONDS, pause=LOOK_SECONDS
        )

    @asynccontextmanager
    async def without(self, name: str) -> AsyncIterator[None]:
        """Stop a process while the block runs."""
        await self.stack.processes[name].stop()
        try:
            yield
        finally:
            await self.stack.revive(name)

    async def agree(self) -> Sequence[str]:
        """Return every reason to doubt that ledger, balances and boards are one."""
        return (await examine(self.reach, CLOCK)).faults

    def cpu_seconds(self) -> dict[str, float]:
        """Return the processor time that each process that runs has used so far."""
        found: dict[str, float] = {}
        for name in (*PROCESSES, *SERVERS):
            with suppress(RuntimeError):
                found[name] = cpu_of(self.stack.pid(name))
        return found

    async def watch_memory(self) -> None:
        """Note the most memory of each process until cancelled."""
        while True:
            for name in PROCESSES:
                with suppress(RuntimeError, psutil.NoSuchProcess):
                    used = psutil.Process(self.stack.pid(name)).memory_info().rss / 2**20
                    self.memory[name] = max(self.memory.get(name, 0.0), used)
            await asyncio.sleep(LOOK_SECONDS)


class Board:
    """The programme's points board, as a reader sees it in Valkey."""

    def __init__(self, ingest: Ingest, board_id: UUID) -> None:
        """Read through the connection of `ingest`."""
        self._valkey = ingest.reach.valkey
        self._key = period_keys(board_id, "all")[1]

    async def arrivals(self, who: Sequence[UUID]) -> list[object]:
        """Return for each ambassador what changes with each change of their score."""
        return list(await self._valkey.hmget(self._key, [one.bytes for one in who]))


async def board_of(ingest: Ingest, programme_id: UUID) -> Board:
    """Return the board that a programme begins with."""
    async with ingest.reach.databases["gamification"].transaction() as tx:
        (board,) = await boards.of_programmes(tx, [programme_id])
    return Board(ingest, board.id)


@asynccontextmanager
async def running_ingest() -> AsyncIterator[Ingest]:
    """Start everything on an empty folder and stop it at the end."""
    async with AsyncExitStack() as resources:
        folder = resources.enter_context(empty_folder())
        stack = await resources.enter_async_context(
            running_stack(folder, programs=programs_named(list(SERVICES)), environment={})
        )
        addresses = running_addresses(folder.root)
        reach = await resources.enter_async_context(reach_of(addresses, CLOCK))
        ingest = Ingest(stack=stack, reach=reach, databases=addresses.databases)
        watching = asyncio.create_task(ingest.watch_memory())
        resources.callback(watching.cancel)
        yield ingest


def path_of(traffic: Traffic) -> str:
    """Return where interactions of the programme are taken in."""
    return f"/programmes/{traffic.programme_id}/interactions"


@contextmanager
def with_settings(settings: Mapping[str, str]) -> Iterator[None]:
    """Set variables of this process, which those that it starts inherit, and take them back."""
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value


def _key(event: Event) -> str:
    return str(event.ambassador_id) if isinstance(event, AmbassadorEnrolled | SharePublished) else "bench"
