"""services.engagement, running, and a stage of programmes and shares for it."""

from collections.abc import AsyncIterator

import pytest

from deploy.local.servers.nats import NatsServer
from services.engagement.app import MIGRATIONS, create_app
from services.engagement.settings import Settings
from tests.integration.engagement.play import Play
from tests.support.harness import Running, Stage


@pytest.fixture(scope="module")
async def engagement(stage: Stage, broker: NatsServer) -> AsyncIterator[Running]:
    database = await stage.database("engagement", MIGRATIONS)
    settings = stage.settings(Settings, database=database, nats=broker.url_of("engagement"))
    async with stage.running("engagement", create_app, settings) as running:
        yield running


@pytest.fixture
async def play(engagement: Running) -> Play:
    return Play(engagement)
