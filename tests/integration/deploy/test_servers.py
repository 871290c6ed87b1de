import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import nats
import pytest
import pytest_asyncio
from redis.asyncio import Redis
from redis.exceptions import AuthenticationError

from deploy.local.ports import HOST
from deploy.local.servers.nats import USERS
from tests.support.servers import Servers, empty_folder, running_nats, running_servers

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def servers() -> AsyncIterator[Servers]:
    async with running_servers() as running:
        yield running


@pytest.fixture
def data() -> Iterator[Path]:
    with empty_folder() as path:
        yield path


async def test_data_and_ports_survive_a_restart(data: Path) -> None:
    async with running_servers(data) as first:
        addresses = first.postgres.url, first.nats.url, first.valkey.url
        service = await first.postgres.create_service_database("content")
        connection = await asyncpg.connect(service)
        await connection.execute("CREATE TABLE kept AS SELECT 'æ'::text AS letter")
        await connection.close()
        bus = await nats.connect(first.nats.url)
        await bus.jetstream().add_stream(name="KEPT", subjects=["kept"])
        await bus.jetstream().publish("kept", b"fact")
        await bus.close()
    async with running_servers(data) as second:
        assert (second.postgres.url, second.nats.url, second.valkey.url) == addresses
        assert await second.postgres.create_service_database("content") == service
        connection = await asyncpg.connect(service)
        assert await connection.fetchval("SELECT letter FROM kept") == "æ"
        await connection.close()
        bus = await nats.connect(second.nats.url)
        assert (await bus.jetstream().get_msg("KEPT", 1)).data == b"fact"
        await bus.close()


async def test_postgres_is_durable_and_knows_its_letters(servers: Servers) -> None:
    connection = await asyncpg.connect(servers.postgres.url)
    for setting, value in (("fsync", "on"), ("synchronous_commit", "on"), ("server_encoding", "UTF8")):
        assert await connection.fetchval("SELECT current_setting($1)", setting) == value
    assert await connection.fetchval("SELECT upper('é')") == "É"
    assert await connection.fetchval("SELECT current_setting('server_version_num')::int / 10000") == 18
    await connection.close()


async def test_postgres_refuses_a_wrong_password(servers: Servers) -> None:
    address = servers.postgres.url.rpartition("@")[2]
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(f"postgresql://postgres:wrong@{address}")


@pytest.mark.parametrize("credentials", [{}, {"user": "operator", "pass": "wrong"}, {"user": "nobody", "pass": "x"}])
async def test_nats_refuses_all_but_its_users(servers: Servers, credentials: dict[str, str]) -> None:
    reader, writer = await asyncio.open_connection(HOST, servers.nats.port)
    assert b'"auth_required":true' in await reader.readline()
    writer.write(f"CONNECT {json.dumps(credentials)}\r\nPING\r\n".encode())
    assert await reader.readline() == b"-ERR 'Authorization Violation'\r\n"
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize("credentials", ["", ":wrong@"])
async def test_valkey_refuses_all_without_its_password(servers: Servers, credentials: str) -> None:
    address = servers.valkey.url.rpartition("@")[2]
    client = Redis.from_url(f"redis://{credentials}{address}")
    with pytest.raises(AuthenticationError):
        await client.ping()
    await client.aclose()


async def test_valkey_keeps_nothing_and_never_evicts(servers: Servers) -> None:
    async with Redis.from_url(servers.valkey.url, decode_responses=True) as client:
        wanted = {"save": "", "appendonly": "no", "maxmemory-policy": "noeviction"}
        assert {name: (await client.config_get(name))[name] for name in wanted} == wanted


async def test_each_user_of_nats_enters_with_a_password_of_its_own(servers: Servers) -> None:
    urls = {servers.nats.url_of(user) for user in USERS}
    assert len(urls) == len(USERS)
    for url in urls:
        bus = await nats.connect(url)
        assert bus.max_payload == 8 * 1024 * 1024
        await bus.close()
    with pytest.raises(KeyError):
        servers.nats.url_of("nobody")


async def test_login_of_a_service_enters_no_other_database(servers: Servers) -> None:
    sharing = await servers.postgres.create_service_database("sharing")
    await servers.postgres.create_service_database("engagement")
    await asyncio.gather(*(refused(sharing, other) for other in ("engagement", "postgres", "template1")))
    connection = await asyncpg.connect(sharing)
    await connection.execute("CREATE TABLE own (id int)")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute("CREATE DATABASE more")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute("CREATE ROLE more")
    await connection.close()


async def refused(url: str, database: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(url.rpartition("/")[0] + "/" + database)


async def test_clone_belongs_to_the_login_of_its_template_alone(servers: Servers) -> None:
    template = await servers.postgres.create_service_database("gamification")
    connection = await asyncpg.connect(template)
    await connection.execute("CREATE TABLE line AS SELECT 7 AS points")
    await connection.close()
    clone = await servers.postgres.clone_database("gamification", "clone_1")
    connection = await asyncpg.connect(clone)
    await connection.execute("UPDATE line SET points = 8")
    other = await servers.postgres.create_service_database("content")
    await refused(other, "clone_1")
    await servers.postgres.drop_database("clone_1")  # also with somebody in it
    connection.terminate()
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await asyncpg.connect(clone)
    connection = await asyncpg.connect(template)
    assert await connection.fetchval("SELECT points FROM line") == 7
    await connection.close()
    await servers.postgres.drop_database("clone_1")


async def test_clone_of_nothing_is_refused(servers: Servers) -> None:
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await servers.postgres.clone_database("missing", "clone_2")


async def test_crashed_servers_start_again_with_what_they_had_promised(servers: Servers) -> None:
    url = await servers.postgres.create_service_database("crashed")
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    for server in (servers.postgres, servers.nats, servers.valkey):
        before = server.pid
        await server.kill()
        await server.start()
        assert server.pid != before
    connection.terminate()
    connection = await asyncpg.connect(url)
    assert await connection.fetchval("SELECT one FROM kept") == 1
    await connection.close()


async def test_one_nats_alone_takes_messages_into_streams() -> None:
    async with running_nats() as server:
        bus = await nats.connect(server.url)
        await bus.jetstream().add_stream(name="ONE", subjects=["one"])
        assert (await bus.jetstream().publish("one", b"1")).seq == 1
        await bus.close()
