"""What people are called on boards follows the bucket `profiles`."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from deploy.local.servers.nats import NatsServer
from libs.bus.connection import Connection, open_connection
from tests.integration.gateway.boards import Board, person
from tests.integration.gateway.conftest import Gateway


@pytest.fixture(scope="module")
async def profiles(broker: NatsServer, gateway: Gateway) -> AsyncIterator[Connection]:
    assert gateway.url
    async with open_connection(broker.url, name="operator") as connection:
        yield connection


async def called(gateway: Gateway, board: Board) -> tuple[Any, Any, str]:
    answer = await gateway.get(f"/v1/boards/{board.id}")
    row = answer.json()["items"][0]
    return row["name"], row["team"], answer.headers.get("etag", "")


async def eventually(told: Callable[[], Awaitable[bool]], seconds: float = 5) -> None:
    async with asyncio.timeout(seconds):
        while not await told():  # noqa: ASYNC110 - the fact is in another process's answer
            await asyncio.sleep(0.02)


async def put(profiles: Connection, value: bytes) -> None:
    await profiles.request(f"$KV.profiles.{person(1)}", value)


def profile(name: str, team: str | None = "Workshop") -> bytes:
    return json.dumps({"name": name, "team": team, "team_id": None}).encode()


async def test_a_name_appears_changes_and_is_forgotten(gateway: Gateway, board: Board, profiles: Connection) -> None:
    async def named(name: str | None) -> None:
        async def told() -> bool:
            return bool((await called(gateway, board))[0] == name)

        await eventually(told)

    await put(profiles, profile("Ada"))
    await named("Ada")
    _, team, etag = await called(gateway, board)
    assert team == "Workshop"
    await put(profiles, profile("Ada L.", team=None))
    await named("Ada L.")
    _, team, changed = await called(gateway, board)
    assert (team, changed != etag) == (None, True)
    bucket = await profiles.client.jetstream().key_value("profiles")
    await bucket.purge(str(person(1)))
    await named(None)


async def test_a_value_that_cannot_be_read_leaves_no_old_name(
    gateway: Gateway, board: Board, profiles: Connection
) -> None:
    async def named() -> bool:
        return (await called(gateway, board))[0] is not None

    async def nameless() -> bool:
        return not await named()

    await put(profiles, profile("Grace"))
    await eventually(named)
    await put(profiles, b"{broken")
    await eventually(nameless)
    await profiles.request("$KV.profiles.not-an-id", profile("Nobody"))
    await put(profiles, profile("Grace"))
    await eventually(named)


async def test_names_are_followed_again_after_a_restart_of_the_broker(
    gateway: Gateway, board: Board, broker: NatsServer, profiles: Connection
) -> None:
    async def named() -> bool:
        return bool((await called(gateway, board))[0] == "Joan")

    await broker.kill()
    assert (await called(gateway, board))[2] != ""  # boards are read as before
    await broker.start()

    async def stored() -> bool:
        return profiles.connected

    await eventually(stored, seconds=10)
    await put(profiles, profile("Joan"))
    await eventually(named, seconds=30)
