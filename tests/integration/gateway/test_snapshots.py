"""Tops as snapshots: they change when what they show does, are made once for all, and outlast Valkey for a while."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
import zstandard

from deploy.local.servers.nats import NatsServer
from deploy.local.servers.valkey import ValkeyServer
from libs.bus.connection import Connection, open_connection
from libs.storage.valkey import Valkey, open_valkey
from tests.integration.gateway.boards import Board, person
from tests.integration.gateway.conftest import Gateway, Run
from tests.support.eventually import eventually
from tests.support.servers import running_valkey

ROWS = {number: (number * 100, number) for number in range(1, 61)}
SLOW = {"snapshot_window": 1.0}  # what was read is shown for a second before anybody looks again


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("urn:timbre:problem:")


@pytest.fixture
async def server() -> AsyncIterator[ValkeyServer]:
    """A server of the test's own, to be stopped and counted."""
    async with running_valkey() as running:
        yield running


@pytest.fixture
async def own(server: ValkeyServer) -> AsyncIterator[Valkey]:
    async with open_valkey(server.url) as client:
        yield client


@pytest.fixture
async def profiles(broker: NatsServer) -> AsyncIterator[Connection]:
    async with open_connection(broker.url, name="operator") as connection:
        yield connection


async def named(profiles: Connection, number: int, name: str) -> None:
    await profiles.request(f"$KV.profiles.{person(number)}", json.dumps({"name": name}).encode())


async def test_a_tag_changes_exactly_when_sequence_version_or_names_do(
    run: Run, board: Board, profiles: Connection
) -> None:
    async with run() as gateway:

        async def tag() -> str:
            answer = await gateway.get(f"/v1/boards/{board.id}")
            assert answer.json()["items"][0]["ambassador_id"] == str(person(1))
            return answer.headers["etag"]

        seen = [await tag()]
        for sequence, version in ((2, 1), (2, 2), (3, 2), (3, 3)):
            await board.write({1: (500, 1)}, sequence=sequence, version=version)
            changed = await tag()
            assert changed not in seen
            assert await tag() == changed, "nothing has changed"
            seen.append(changed)
        await named(profiles, 1, "Ada")

        async def renamed() -> bool:
            return await tag() != seen[-1]

        await eventually(renamed)
        assert await tag() not in seen


async def test_a_snapshot_is_shown_without_a_look_and_fresh_looks(run: Run, board: Board) -> None:
    async with run(**SLOW) as gateway:

        async def points(query: str = "") -> float:
            return float((await gateway.get(f"/v1/boards/{board.id}{query}")).json()["items"][0]["points"])

        await points()
        await board.write({1: (600, 1)}, sequence=2)
        assert await points("?fresh=1") == 0.6
        await board.write({1: (700, 1)}, sequence=3)

        async def followed() -> bool:
            return await points() == 0.7

        await eventually(followed)  # without being asked for


async def test_one_reader_looks_for_all(run: Run, server: ValkeyServer, own: Valkey) -> None:
    async with run(valkey_url=server.url, **SLOW) as gateway:
        known, cold = [await (await Board(own).define()).write(ROWS) for _ in range(2)]
        await gateway.get(f"/v1/boards/{known.id}")  # which teaches the scripts to the server

        async def scripts() -> int:
            stats: Any = await own.info("commandstats")
            return int(stats["cmdstat_evalsha"]["calls"])

        before = await scripts()
        answers = await asyncio.gather(*(gateway.get(f"/v1/boards/{cold.id}") for _ in range(100)))
        assert {answer.content for answer in answers} == {answers[0].content}
        assert answers[0].json()["total"] == 60
        assert await scripts() - before <= 5, "one, and one for each second that a slow machine takes"


async def test_without_valkey_snapshots_and_304_go_on_and_the_rest_says_when_to_try_again(
    run: Run, server: ValkeyServer, own: Valkey
) -> None:
    board = await (await Board(own).define()).write(ROWS)
    async with run(valkey_url=server.url) as gateway:
        first = await gateway.get(f"/v1/boards/{board.id}")
        await server.kill()
        seen = {"If-None-Match": first.headers["etag"]}

        async def aged() -> bool:
            again = await gateway.get(f"/v1/boards/{board.id}")
            assert (again.status_code, again.content) == (200, first.content)
            return int(again.headers.get("age", 0)) >= 1

        await eventually(aged)  # and it says so
        assert (await gateway.get(f"/v1/boards/{board.id}", headers=seen)).status_code == 304
        for path in (f"/rank/{person(1)}", f"/around/{person(1)}", f"/among?ids={person(1)}", "?fresh=1", "?limit=7"):
            answer = await gateway.get(f"/v1/boards/{board.id}{path}")
            assert (refused(answer), answer.headers["retry-after"]) == ((503, "boards-unavailable"), "1"), path
        await server.start()  # empty, as after a crash
        pending = await answered(gateway, f"/v1/boards/{board.id}/rank/{person(1)}", 503)
        assert pending.headers["retry-after"] == "1"
        await (await board.define()).write({1: (900, 1)}, sequence=2)
        healed = await answered(gateway, f"/v1/boards/{board.id}?fresh=1", 200)
        assert healed.json()["total"] == 1
        assert "age" not in healed.headers
        assert (await gateway.get(f"/v1/boards/{board.id}/rank/{person(1)}")).json()["rank"] == 1


async def answered(gateway: Gateway, path: str, status: int) -> httpx.Response:
    async def asked() -> httpx.Response | None:
        answer = await gateway.get(path)
        return answer if answer.status_code == status else None

    answer = await eventually(asked)
    assert answer is not None
    return answer


async def test_snapshots_end_when_valkey_is_away_for_longer_than_was_allowed(
    run: Run, server: ValkeyServer, own: Valkey
) -> None:
    board = await (await Board(own).define()).write(ROWS)
    async with run(valkey_url=server.url, snapshot_outage=0) as gateway:
        assert (await gateway.get(f"/v1/boards/{board.id}")).status_code == 200
        await server.kill()
        answer = await answered(gateway, f"/v1/boards/{board.id}", 503)
        assert (refused(answer), answer.headers["retry-after"]) == ((503, "boards-unavailable"), "1")


async def test_a_flush_is_not_seen_in_tops_and_heals(run: Run, server: ValkeyServer, own: Valkey) -> None:
    board = await (await Board(own).define()).write(ROWS)
    async with run(valkey_url=server.url) as gateway:
        first = await gateway.get(f"/v1/boards/{board.id}")
        await own.flushall()
        assert (await gateway.get(f"/v1/boards/{board.id}")).content == first.content
        assert refused(await gateway.get(f"/v1/boards/{board.id}/rank/{person(1)}")) == (503, "board-pending")
        await (await board.define()).write({1: (900, 1)}, sequence=2)
        assert (await gateway.get(f"/v1/boards/{board.id}?fresh=1")).json()["total"] == 1


async def test_a_name_that_is_gone_is_not_shown_while_valkey_is_away(
    run: Run, server: ValkeyServer, own: Valkey, profiles: Connection
) -> None:
    board = await (await Board(own).define()).write({5: (100, 1)})
    async with run(valkey_url=server.url) as gateway:

        def called(name: str | None) -> Callable[[], Awaitable[bool]]:
            async def told() -> bool:
                items = (await gateway.get(f"/v1/boards/{board.id}")).json()["items"]
                return bool(items[0]["name"] == name)

            return told

        await named(profiles, 5, "Grace")
        await eventually(called("Grace"))
        await server.kill()
        bucket = await profiles.client.jetstream().key_value("profiles")
        await bucket.purge(str(person(5)))
        await eventually(called(None))


async def test_a_client_gets_the_coding_that_it_likes_under_a_tag_of_its_own(gateway: Gateway, board: Board) -> None:
    await board.write(ROWS)
    path, tags = f"/v1/boards/{board.id}", {}
    plain = await gateway.get(path, headers={"Accept-Encoding": "identity"})
    for accepted, coding in (("gzip", "gzip"), ("zstd;q=0.5, gzip;q=0.8", "gzip"), ("gzip, zstd", "zstd")):
        url = httpx.URL(gateway.url + path)
        headers = {**gateway.issuer.headers("admin"), "Accept-Encoding": accepted}
        async with gateway.client.stream("GET", url, headers=headers) as answer:
            raw = b"".join([part async for part in answer.aiter_raw()])
        body = gzip.decompress(raw) if coding == "gzip" else zstandard.decompress(raw)
        assert (body, answer.headers["content-encoding"]) == (plain.content, coding)
        assert len(raw) < len(body) / 3
        assert (answer.headers["vary"], plain.headers["vary"]) == ("accept-encoding", "accept-encoding")
        tags[coding] = answer.headers["etag"]
        again = await gateway.get(path, headers={"Accept-Encoding": accepted, "If-None-Match": tags[coding]})
        assert (again.status_code, again.headers["etag"]) == (304, tags[coding])
        other = await gateway.get(path, headers={"Accept-Encoding": "identity", "If-None-Match": tags[coding]})
        assert other.status_code == 200
    assert len({*tags.values(), plain.headers["etag"]}) == 3


async def test_snapshots_stay_within_their_memory(run: Run, board: Board) -> None:
    await board.write(ROWS)
    async with run(snapshot_bytes=2**20) as gateway:
        sizes = []
        for limit in range(1, 101):
            assert (await gateway.get(f"/v1/boards/{board.id}?limit={limit}")).status_code == 200
            text = (await gateway.client.get("/metrics")).text
            line = next(one for one in text.splitlines() if one.startswith("gateway_snapshot_bytes{"))
            sizes.append(float(line.split()[-1]))
        assert max(sizes) <= 2**20
        assert sizes[-1] > 2**19, "it is used"
        assert (await gateway.get(f"/v1/boards/{board.id}?limit=1")).json()["total"] == 60
