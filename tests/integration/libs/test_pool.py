"""Connections that are handed out live, also after the server has died."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from libs.storage import pool
from libs.storage.database import Database, open_database
from tests.support.servers import Servers, empty_folder, running_servers


@pytest.fixture(scope="module")
async def servers() -> AsyncIterator[Servers]:
    """Servers of our own, since we kill them."""
    with empty_folder() as folder:
        async with running_servers(folder) as started:
            yield started


@pytest.fixture
async def database(servers: Servers, request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    url = await servers.postgres.create_service_database(f"pool_{abs(hash(request.node.name))}")
    async with open_database(url, service="test") as db:
        yield db


async def backend(db: Database) -> int:
    async with db.transaction() as tx:
        return int((await tx.run(text("SELECT pg_backend_pid()"))).scalar_one())


async def test_a_connection_is_used_again(database: Database) -> None:
    assert await backend(database) == await backend(database)


async def test_connections_that_the_server_has_closed_are_not_handed_out(database: Database, servers: Servers) -> None:
    before = await backend(database)
    await servers.postgres.kill()
    await servers.postgres.start()
    assert await backend(database) != before


async def test_an_unused_connection_is_asked_before_it_is_handed_out(
    database: Database, servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server has ended the session; whether this process has heard of it does not matter."""
    monkeypatch.setattr(pool, "UNUSED_SECONDS", 0.0)
    before = await backend(database)
    async with open_database(servers.postgres.url, service="operator") as other, other.transaction() as tx:
        await tx.run(text("SELECT pg_terminate_backend(:pid)"), {"pid": before})
    assert await backend(database) != before
