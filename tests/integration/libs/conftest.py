"""A kit for each test; its database is a clone of one that the shared migration made."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog

from deploy.local.servers.nats import NatsServer
from tests.integration.libs.kit import Kit, open_kit
from tests.support.harness import Stage

MIGRATIONS = Path(__file__).parent / "migrations"


@pytest.fixture(scope="package", autouse=True)
def _plain_tracebacks() -> Iterator[None]:
    """Keeps structlog from drawing tracebacks with all local values, which takes seconds each."""
    console = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.stdlib.add_log_level, console])
    yield
    structlog.reset_defaults()


@pytest.fixture
async def kit(stage: Stage, broker: NatsServer) -> AsyncIterator[Kit]:
    async with open_kit(await stage.database("kit", MIGRATIONS), broker.url) as made:
        yield made
