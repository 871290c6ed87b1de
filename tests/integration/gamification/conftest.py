"""services.gamification, running; the other services are played by publishing their events."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from deploy.local.servers.nats import NatsServer
from libs.storage.valkey import open_valkey
from services.gamification.app import MIGRATIONS, create_app
from services.gamification.settings import Settings
from tests.support.harness import Running, Stage


@pytest.fixture(scope="module")
async def gamification(stage: Stage, broker: NatsServer) -> AsyncIterator[Running]:
    database = await stage.database("gamification", MIGRATIONS)
    settings = stage.settings(
        Settings, database=database, nats=broker.url_of("gamification"), valkey_url=stage.servers.valkey.url
    )
    async with stage.running("gamification", create_app, settings) as running:
        yield running
        assert await running.dead() == 0, "a message could not be handled"


@pytest.fixture
async def valkey(stage: Stage) -> AsyncIterator[Any]:  # the commands of redis are typed for both kinds of client
    async with open_valkey(stage.servers.valkey.url) as client:
        yield client
