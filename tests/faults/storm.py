"""A storm: processes and servers that die at random, in an order that a seed decides, until they are left in peace."""

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial

import httpx
import psutil  # type: ignore[import-untyped]  # has no types of its own

from deploy.local.stack import Stack
from tests.support.eventually import eventually

PAUSES = (0.8, 4.0)  # seconds between two deaths
QUIET = 0.5  # of the deaths are followed by a time in which everything runs
HEALING_SECONDS = 60.0


@dataclass
class Storm:
    """Kills (SIGKILL) members of a stack that somebody else starts again; `deaths` says how often each died."""

    stack: Stack
    chance: random.Random
    deaths: Counter[str] = field(default_factory=Counter)
    everybody_died: asyncio.Event = field(default_factory=asyncio.Event)

    async def rage(self) -> None:
        """Kill until cancelled."""
        targets = self.targets()
        for name in self.chance.sample(targets, len(targets)):  # each of them once, whatever the chance
            while name not in self.deaths:
                await self._strike(name)
        self.everybody_died.set()
        while True:
            await self._strike(self.chance.choice(targets))

    def targets(self) -> Sequence[str]:
        """All that can die."""
        return sorted((*self.stack.servers, *self.stack.processes))

    async def healed(self) -> None:
        """Return when everything runs and every process is ready."""
        async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
            for name in self.targets():
                await eventually(partial(self._well, client, name), seconds=HEALING_SECONDS)

    async def _strike(self, name: str) -> None:
        await asyncio.sleep(self.chance.uniform(*PAUSES))
        if self.chance.random() < QUIET:
            await self.healed()
        with suppress(RuntimeError, ProcessLookupError, psutil.NoSuchProcess):  # it is dead, or being started
            os.kill(self.stack.pid(name), signal.SIGKILL)
            self.deaths[name] += 1

    async def _well(self, client: httpx.AsyncClient, name: str) -> bool:
        with suppress(RuntimeError, psutil.NoSuchProcess, httpx.HTTPError):
            if psutil.Process(self.stack.pid(name)).status() == psutil.STATUS_ZOMBIE:
                return False
            if name in self.stack.servers:
                return True
            return (await client.get(f"{self.stack.url(name)}/readyz")).status_code == httpx.codes.OK
        return False


@asynccontextmanager
async def raging(storm: Storm) -> AsyncIterator[None]:
    """A storm during the block, and until everybody has died once; afterwards everything has come back."""
    task = asyncio.create_task(storm.rage())
    try:
        yield
        await storm.everybody_died.wait()
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    await storm.healed()
