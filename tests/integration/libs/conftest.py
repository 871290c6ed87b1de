"""A kit for each test; its database is a clone of one that the shared migration made."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.local.servers.nats import NatsServer
from tests.integration.libs.kit import Kit, open_kit
from tests.support.harness import Stage

MIGRATIONS = Path(__file__).parent / "migrations"


@pytest.fixture
async def kit(stage: Stage, broker: NatsServer) -> AsyncIterator[Kit]:
    async with open_kit(await stage.database("kit", MIGRATIONS), broker.url) as made:
        yield made
