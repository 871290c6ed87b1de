"""services.gamification, running; the other services are played by publishing their events."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from deploy.local.servers.nats import NatsServer
from libs.clock import SystemClock
from libs.storage.pipelined import Pipelined, open_pipelined
from libs.storage.valkey import open_valkey
from tests.support.builders import Programme
from tests.support.gamification import gamification_at
from tests.support.harness import Running, Stage


@pytest.fixture(scope="module")
async def gamification(stage: Stage, broker: NatsServer) -> AsyncIterator[Running]:
    async with gamification_at(SystemClock(), stage, broker) as running:
        yield running


@pytest.fixture
async def programme(gamification: Running) -> Programme:
    """A programme whose calendar is known."""
    made = Programme()
    await gamification.hear(made.created())
    await gamification.settled()
    return made


@pytest.fixture
async def valkey(stage: Stage) -> AsyncIterator[Any]:  # the commands of redis are typed for both kinds of client
    async with open_valkey(stage.servers.valkey.url) as client:
        yield client


@pytest.fixture
async def reader(stage: Stage) -> AsyncIterator[Pipelined]:
    """What the gateway reads boards through."""
    async with open_pipelined(stage.servers.valkey.url) as opened:
        yield opened
