"""The servers of a test run: PostgreSQL and Valkey once, NATS once for each module."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog

from deploy.local.folder import DataFolder
from deploy.local.servers.nats import NatsServer
from tests.support.harness import Stage
from tests.support.servers import running_nats, running_servers


@pytest.fixture(scope="session", autouse=True)
def _plain_tracebacks() -> Iterator[None]:
    """Keeps structlog from drawing tracebacks with all local values, which takes seconds each."""
    console = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.stdlib.add_log_level, console])
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    path: Path = tmp_path_factory.mktemp("stage")
    async with running_servers(path, durable=False) as servers:
        yield Stage(servers, DataFolder.at(path))


@pytest.fixture(scope="module")
async def broker() -> AsyncIterator[NatsServer]:
    async with running_nats() as nats:
        yield nats
