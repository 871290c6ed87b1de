"""A PostgreSQL server for the tests that migrate."""

from collections.abc import AsyncIterator

import pytest

from deploy.local.servers.postgres import PostgresServer
from tests.support.servers import running_servers


@pytest.fixture(scope="session")
async def postgres() -> AsyncIterator[PostgresServer]:
    async with running_servers(durable=False) as servers:
        yield servers.postgres
