"""services.content, running, and a programme with a campaign in it."""

from collections.abc import AsyncIterator

import pytest

from deploy.local.servers.nats import NatsServer
from services.content.app import MIGRATIONS, create_app
from services.content.settings import Settings
from tests.integration.content.scene import Scene
from tests.support.harness import Running, Stage


@pytest.fixture(scope="module")
async def content(stage: Stage, broker: NatsServer) -> AsyncIterator[Running]:
    database = await stage.database("content", MIGRATIONS)
    settings = stage.settings(Settings, database=database, nats=broker.url_of("content"))
    async with stage.running("content", create_app, settings) as running:
        yield running


@pytest.fixture
async def scene(content: Running) -> Scene:
    return await Scene.begun(content)
