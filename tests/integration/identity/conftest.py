"""All processes on real servers."""

from collections.abc import AsyncIterator

import pytest

from deploy.local.servers.nats import NatsServer
from tests.support.harness import Stage
from tests.support.house import House, house


@pytest.fixture(scope="module")
async def home(stage: Stage, broker: NatsServer) -> AsyncIterator[House]:
    async with house(stage, broker) as running:
        yield running
