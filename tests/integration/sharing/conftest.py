"""services.sharing, running, and a programme in it."""

from collections.abc import AsyncIterator

import pytest
from pydantic import AnyHttpUrl, SecretStr

from deploy.local.servers.nats import NatsServer
from services.sharing.app import MIGRATIONS, create_app
from services.sharing.settings import Settings
from tests.integration.sharing.scene import Scene
from tests.support.clock import MovedClock
from tests.support.harness import Running, Stage


@pytest.fixture(scope="module")
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture(scope="module")
async def sharing(stage: Stage, broker: NatsServer, clock: MovedClock) -> AsyncIterator[Running]:
    database = await stage.database("sharing", MIGRATIONS)
    settings = stage.settings(
        Settings,
        database=database,
        nats=broker.url_of("sharing"),
        valkey_url=SecretStr(stage.servers.valkey.url),
        gateway_url=AnyHttpUrl("https://go.example.org"),
    )
    async with stage.running("sharing", create_app, settings, clock=clock) as running:
        yield running


@pytest.fixture
async def scene(sharing: Running, clock: MovedClock) -> Scene:
    return await Scene(sharing=sharing, clock=clock).begin()
