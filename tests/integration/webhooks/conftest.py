"""gateway.webhooks, running, with an endpoint on loopback that its settings allow."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import SecretStr

from deploy.local.servers.nats import NatsServer
from gateway.webhooks.app import MIGRATIONS, create_app
from gateway.webhooks.settings import Settings
from tests.integration.webhooks.receiver import Receiver, receiving
from tests.integration.webhooks.scene import Scene
from tests.support.clock import MovedClock
from tests.support.harness import Stage

KEY = "a key of the tests that is longer than it must be"
Run = Callable[..., AbstractAsyncContextManager[Scene]]


@pytest.fixture(scope="module")
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as found:
        yield found


@pytest.fixture(scope="module")
def run(stage: Stage, broker: NatsServer, receiver: Receiver) -> Run:
    """Start the process with other settings; only one at a time, for two would share what they hear."""

    @asynccontextmanager
    async def running(*, database: str | None = None, **more: Any) -> AsyncIterator[Scene]:
        settings = stage.settings(
            Settings,
            database=database or await stage.database("webhooks", MIGRATIONS),
            nats=broker.url_of("webhooks"),
            **{"secret_key": SecretStr(KEY), "allowed_networks": ["127.0.0.0/8"], **more},
        )
        clock = MovedClock(datetime.now(UTC))
        async with stage.running("webhooks", create_app, settings, clock=clock) as found:
            yield Scene(running=found, receiver=receiver, clock=clock)

    return running


@pytest.fixture(scope="module")
async def shared(run: Run) -> AsyncIterator[Scene]:
    async with run() as scene:
        yield scene


@pytest.fixture
def scene(shared: Scene) -> Scene:
    """A programme of the test's own in the process that all tests of a module share."""
    return Scene(running=shared.running, receiver=shared.receiver, clock=shared.clock)
