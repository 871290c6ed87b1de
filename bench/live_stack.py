"""The processes that live boards are measured on, and a programme in which somebody is commented on again and again."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

import asyncpg
import httpx

from bench.audience import Audience
from bench.ingest_stack import CLOCK, with_settings
from bench.servers import empty_folder
from bench.traffic import Traffic
from deploy.local.addresses import running_addresses
from deploy.local.issuer import mint
from deploy.local.stack import Stack, running_stack
from deploy.local.topology import programs_named
from libs.bus.connection import Connection, open_connection
from libs.bus.publish import Publisher, in_batches
from libs.clock import new_id
from libs.events.engagement import InteractionsRecorded, RecordedInteraction
from libs.events.envelope import Event
from libs.storage.outbox import message_of
from services.gamification.boards.domain import default_board_id

PROCESSES = ("gamification", "gateway")
PEOPLE, LIMIT, SEED = 50, 50, 1
FILLING_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class Watched:
    """The running processes, and a programme whose board is followed; `database` is gamification's address."""

    stack: Stack
    broker: Connection
    database: str
    traffic: Traffic
    _numbers: Iterator[int] = field(default_factory=count)

    async def fill(self) -> None:
        """Give everybody points, and return when the gateway shows them all."""
        await self._tell(self.traffic.told())
        for _ in range(PEOPLE):
            await self.award()
        client = httpx.AsyncClient(base_url=self.stack.url("gateway"), headers=self._headers(), trust_env=False)
        async with client, asyncio.timeout(FILLING_SECONDS):
            while (await client.get(self._path)).json().get("total") != PEOPLE:  # noqa: ASYNC110 - as asked
                await asyncio.sleep(0.05)

    async def award(self) -> None:
        """Tell of a comment by somebody new on the next one's share."""
        number = next(self._numbers)
        share = self.traffic.guests[number % PEOPLE]
        comment = RecordedInteraction(
            interaction_id=new_id(),
            share_id=share.share_id,
            ambassador_id=share.ambassador_id,
            kind="comment",
            person=f"person {number}",
            colleague_id=None,
            occurred_at=CLOCK.now() - timedelta(minutes=5),
            provenance="measured",
        )
        await self._tell([InteractionsRecorded(programme_id=self.traffic.programme_id, interactions=(comment,))])

    async def booked(self) -> dict[int, float]:
        """Return when each entry was booked, by its sequence (Unix time)."""
        connection = await asyncpg.connect(self.database)
        rows = await connection.fetch("SELECT sequence, booked_at FROM entry")
        await connection.close()
        return {row["sequence"]: row["booked_at"].timestamp() for row in rows}

    def audience(self) -> Audience:
        """Return the listeners of the board, none yet."""
        return Audience(self.stack.url("gateway"), f"{self._path}/live?limit={LIMIT}", self._headers())

    @property
    def _path(self) -> str:
        return f"/v1/boards/{default_board_id(self.traffic.programme_id)}"

    def _headers(self) -> dict[str, str]:
        token = mint(
            self.stack.folder,
            subject="bench",
            roles=["ambassador"],
            programmes=[self.traffic.programme_id],
            lifetime=timedelta(hours=1),
            now=CLOCK.now(),
        )
        return {"authorization": f"Bearer {token}"}

    async def _tell(self, events: Iterable[Event]) -> None:
        """Publish what other services would tell."""
        messages = [message_of(one, key="bench", service="bench", now=CLOCK.now()) for one in events]
        for run in in_batches(messages):
            await Publisher(self.broker).publish_batch(run)


@asynccontextmanager
async def running_watched() -> AsyncIterator[Watched]:
    """Start everything on an empty folder and stop it at the end."""
    async with AsyncExitStack() as resources:
        folder = resources.enter_context(empty_folder())
        resources.enter_context(with_settings({"GATEWAY_LIVE_PER_PERSON": "1000000"}))
        stack = await resources.enter_async_context(
            running_stack(folder, programs=programs_named(list(PROCESSES)), environment={})
        )
        addresses = running_addresses(folder.root)
        yield Watched(
            stack=stack,
            broker=await resources.enter_async_context(open_connection(addresses.nats, name="operator")),
            database=addresses.databases["gamification"],
            traffic=Traffic(0, guests=PEOPLE, now=CLOCK.now(), seed=SEED),
        )
