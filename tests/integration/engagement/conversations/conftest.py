"""services.engagement, running, which tells nobody of anything by itself within the time of these tests."""

from collections.abc import AsyncIterator

import pytest

from deploy.local.servers.nats import NatsServer
from services.engagement.app import MIGRATIONS, create_app
from services.engagement.settings import Settings
from tests.integration.engagement.conversations.talk import Talk
from tests.support.harness import Running, Stage


@pytest.fixture(scope="module")
async def settings(stage: Stage, broker: NatsServer) -> Settings:
    database = await stage.database("engagement", MIGRATIONS)
    found: Settings = stage.settings(
        Settings, database=database, nats=broker.url_of("engagement"), remind_after_hours=168
    )
    return found


@pytest.fixture(scope="module")
async def engagement(stage: Stage, settings: Settings) -> AsyncIterator[Running]:
    async with stage.running("engagement", create_app, settings) as running:
        yield running


@pytest.fixture
async def talk(engagement: Running) -> Talk:
    talk = Talk(engagement)
    await talk.opens(time_zone="Asia/Kolkata")
    return talk
