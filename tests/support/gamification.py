"""services.gamification on a clock that tests move."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from deploy.local.servers.nats import NatsServer
from libs.clock import Clock
from services.gamification.app import MIGRATIONS, create_app
from services.gamification.settings import Settings
from tests.support.harness import Running, Stage


@asynccontextmanager
async def gamification_at(clock: Clock, stage: Stage, broker: NatsServer) -> AsyncIterator[Running]:
    """The service, running, with a database of its own; every message must have been handled at the end."""
    database = await stage.database("gamification", MIGRATIONS)
    settings = stage.settings(
        Settings, database=database, nats=broker.url_of("gamification"), valkey_url=stage.servers.valkey.url
    )
    async with stage.running("gamification", create_app, settings, clock=clock) as running:
        yield running
        assert await running.dead() == 0, "a message could not be handled"
