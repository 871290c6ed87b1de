import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import httpx
import pytest

from deploy.local.ports import HOST
from libs.clock import new_id
from tests.support.eventually import eventually
from tests.support.harness import Caller
from tests.support.servers import empty_folder, running_servers
from tests.support.stack import RunningStack, stack_of

PROGRAMME = {
    "name": "Lumen",
    "time_zone": "Europe/Paris",
    "first_day": "2026-01-05",
    "charter_text": "Speak for yourself.",
}


@pytest.fixture
def data() -> Iterator[Path]:
    with empty_folder() as path:
        yield path


@pytest.fixture(scope="module")
async def small() -> AsyncIterator[RunningStack]:
    async with stack_of("content", "gateway") as running:
        yield running


async def open_programme(by: Caller, path: str = "/v1/programmes") -> Any:
    answer = await by.post(path, PROGRAMME, headers={"Idempotency-Key": str(new_id())})
    assert answer.status_code == httpx.codes.CREATED, answer.text
    return answer.json()


async def test_gateway_answers_that_it_is_ready(small: RunningStack) -> None:
    answer = await small.client.get("/readyz")
    assert answer.status_code == httpx.codes.OK
    assert answer.json() == {"checked": ["valkey", "broker"]}


async def test_token_of_the_local_issuer_is_accepted_by_gateway_and_content(small: RunningStack) -> None:
    made = await open_programme(small.caller("admin"))
    found = await small.caller("manager", programmes=[made["id"]]).get(f"/v1/programmes/{made['id']}")
    assert found.json() == made
    direct = httpx.AsyncClient(base_url=small.stack.url("content"), trust_env=False)
    async with direct:
        headers = small.caller("manager").headers
        assert (await direct.get(f"/programmes/{made['id']}", headers=headers)).json() == made


async def test_nobody_gets_in_without_a_token(small: RunningStack) -> None:
    assert (await small.stranger().get("/v1/programmes")).status_code == httpx.codes.UNAUTHORIZED


@pytest.mark.parametrize("name", ["content", "postgres", "nats", "valkey"])
async def test_process_that_is_killed_runs_again(small: RunningStack, name: str) -> None:
    made = await open_programme(small.caller("admin"))
    killed = small.stack.pid(name)
    os.kill(killed, signal.SIGKILL)
    line = await eventually(lambda: said_of(small, name), seconds=30)
    assert f"runs again as process {small.stack.pid(name)}" in line
    assert small.stack.pid(name) != killed
    assert await eventually(lambda: still_there(small, made), seconds=15)


async def said_of(running: RunningStack, name: str) -> str:
    return next((line for line in running.said if line.startswith(f"{name} ended")), "")


async def still_there(running: RunningStack, made: Any) -> bool:
    found = await running.caller("manager").get(f"/v1/programmes/{made['id']}")
    return found.status_code == httpx.codes.OK and bool(found.json() == made)


async def test_data_tokens_and_addresses_outlive_a_restart(data: Path) -> None:
    async with stack_of("content", path=data) as first:
        made = await open_programme(first.caller("admin"), "/programmes")
        url, reader = first.stack.url("content"), first.caller("manager")
    async with stack_of("content", path=data) as second:
        assert second.stack.url("content") == url
        kept = await second.client.get(f"/programmes/{made['id']}", headers=reader.headers)
        assert kept.json() == made


async def test_one_process_needs_no_more_than_its_servers_and_leaves_nothing_behind() -> None:
    async with stack_of("content") as running:
        assert set(running.stack.servers) == {"postgres", "nats"}
        assert set(running.stack.processes) == {"content"}
        urls = [*(server.url for server in running.stack.servers.values()), running.stack.url("content")]
    for url in urls:
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(HOST, urlsplit(url).port)


async def test_servers_of_somebody_else_are_used_instead_of_our_own() -> None:
    async with running_servers() as servers:
        given = {"DATABASE_URL": servers.postgres.url, "NATS_URL": servers.nats.url, "VALKEY_URL": servers.valkey.url}
        async with stack_of("content", "gateway", environment=given) as running:
            assert running.stack.servers == {}
            made = await open_programme(running.caller("admin"))
        content = servers.postgres.url.removesuffix("/postgres") + "/content"
        connection = await asyncpg.connect(content)
        assert [row["id"] for row in await connection.fetch("SELECT id FROM programme")] == [asyncpg_uuid(made["id"])]
        await connection.close()


def asyncpg_uuid(text: str) -> Any:
    return asyncpg.pgproto.pgproto.UUID(text)
