"""services.engagement on a day that the tests choose, and a past of a programme for it."""

from collections.abc import AsyncIterator

import pytest

from deploy.local.servers.nats import NatsServer
from services.engagement.app import MIGRATIONS, create_app
from services.engagement.settings import Settings
from tests.integration.engagement.measures.past import NOW, Past
from tests.support.clock import MovedClock
from tests.support.harness import Running, Stage


@pytest.fixture(scope="module")
async def engagement(stage: Stage, broker: NatsServer) -> AsyncIterator[Running]:
    database = await stage.database("engagement", MIGRATIONS)
    settings = stage.settings(Settings, database=database, nats=broker.url_of("engagement"))
    async with stage.running("engagement", create_app, settings, clock=MovedClock(NOW)) as running:
        yield running


@pytest.fixture
def past(engagement: Running) -> Past:
    return Past(engagement)
