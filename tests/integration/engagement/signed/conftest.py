"""services.engagement with the secrets of all networks, and senders for it."""

from collections.abc import AsyncIterator

import pytest

from deploy.local.servers.nats import NatsServer
from services.engagement.app import MIGRATIONS, create_app
from services.engagement.settings import Settings
from tests.integration.engagement.play import Play
from tests.integration.engagement.signed.senders import SECRETS, TOKENS
from tests.support.harness import Running, Stage


@pytest.fixture(scope="module")
async def engagement(stage: Stage, broker: NatsServer) -> AsyncIterator[Running]:
    settings = stage.settings(
        Settings,
        database=await stage.database("engagement", MIGRATIONS),
        nats=broker.url_of("engagement"),
        **{f"{network}_secret": ", ".join(pair) for network, pair in SECRETS.items()},
        meta_verify_token=",".join(TOKENS),
    )
    async with stage.running("engagement", create_app, settings) as running:
        yield running


@pytest.fixture
async def play(engagement: Running) -> Play:
    return Play(engagement)
