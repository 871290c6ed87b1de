"""The short way of board reads on a connection: the same answers and refusals as on the long one, in any packets."""

import asyncio
import gc
import json
import socket
import struct
import weakref
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from gateway.links.wire import GatewayProtocol
from libs.storage.valkey import Valkey
from tests.integration.gateway.boards import Board, person
from tests.integration.gateway.conftest import Gateway, Run
from tests.support.eventually import eventually

ROWS = {number: (number * 100, number) for number in range(1, 31)}
Answered = tuple[int, dict[str, str], bytes]


class Line:
    """A connection on which bytes are sent as a test wants."""

    def __init__(self, gateway: Gateway, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.gateway, self.reader, self.writer = gateway, reader, writer
        self.token = gateway.issuer.token("ambassador")

    def request(self, path: str, *headers: str, token: str = "", version: str = "1.1") -> bytes:
        lines = [f"GET /v1/boards/{path} HTTP/{version}", "Host: test", f"Authorization: Bearer {token or self.token}"]
        return "\r\n".join([*lines, *headers, "", ""]).encode()

    async def read(self) -> Answered:
        async with asyncio.timeout(20):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
            status = int(head[0].split(" ")[1])
            length = 0 if status == 304 else int(headers["content-length"])
            return status, headers, await self.reader.readexactly(length)

    async def ask(self, *requests: bytes) -> list[Answered]:
        self.writer.write(b"".join(requests))
        return [await self.read() for _ in requests]


@pytest.fixture(scope="module")
async def quick(run: Run) -> AsyncIterator[Gateway]:
    async with run(snapshot_window=1.0) as running:
        yield running


@pytest.fixture
async def line(quick: Gateway) -> AsyncIterator[Line]:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(quick.url.rsplit(":", 1)[1]))
    yield Line(quick, reader, writer)
    writer.close()


@pytest.fixture
async def full(valkey: Valkey) -> Board:
    return await (await Board(valkey).define()).write(ROWS)


async def test_the_same_bytes_get_the_same_answer_however_often_they_come(line: Line, full: Board) -> None:
    for path in (f"{full.id}", f"{full.id}?limit=5", f"{full.id}/rank/{person(3)}", f"{full.id}/around/{person(3)}"):
        found = [(await line.ask(line.request(path)))[0] for _ in range(6)]
        assert {(status, body) for status, _, body in found} == {(200, found[0][2])}, path
        assert {headers["etag"] for _, headers, _ in found} == {found[0][1]["etag"]}
        for _, headers, _ in found:
            assert headers["cache-control"] == "private, no-cache"
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["content-type"] == "application/json"
            assert "date" in headers
        assert len({headers["x-request-id"] for _, headers, _ in found}) == 6
        seen = line.request(path, f"If-None-Match: {found[0][1]['etag']}")
        assert [(await line.ask(seen))[0][0] for _ in range(3)] == [304, 304, 304]


async def test_requests_in_a_row_are_answered_in_their_order(line: Line, full: Board) -> None:
    paths = [f"{full.id}/rank/{person(n)}" if n % 2 else f"{full.id}?limit={n}" for n in range(1, 21)]
    for _ in range(3):
        found = await line.ask(*(line.request(path) for path in paths))
        for number, (status, _, body) in enumerate(found, start=1):
            answer = json.loads(body)
            assert status == 200
            assert answer["rank"] == 31 - number if number % 2 else len(answer["items"]) == number


async def test_a_known_request_waits_for_the_one_before_it(line: Line, full: Board) -> None:
    ranks = [line.request(f"{full.id}/rank/{person(number)}") for number in range(1, 6)]
    for one in ranks * 2:
        await line.ask(one)
    for one in ranks:  # in packets of their own, and without waiting for an answer
        line.writer.write(one)
        await asyncio.sleep(0)
    assert [json.loads((await line.read())[2])["rank"] for _ in ranks] == [30, 29, 28, 27, 26]


async def test_a_request_may_come_in_pieces(line: Line, full: Board) -> None:
    whole = line.request(f"{full.id}/rank/{person(3)}")
    await line.ask(whole)
    await line.ask(whole)
    for cut in (1, 20, len(whole) - 1):
        line.writer.write(whole[:cut])
        await asyncio.sleep(0.01)
        assert json.loads((await line.ask(whole[cut:]))[0][2])["rank"] == 28
    assert json.loads((await line.ask(whole))[0][2])["rank"] == 28


async def test_refusals_are_those_of_the_door(line: Line, full: Board) -> None:
    issuer = line.gateway.issuer
    own = issuer.token("ambassador", programmes=[full.programme_id])
    foreign = issuer.token("ambassador", programmes=[uuid4()])
    paths = (f"{full.id}", f"{full.id}/rank/{person(3)}", f"{full.id}/around/{person(3)}")
    for path in paths:
        for _ in range(3):
            assert (await line.ask(line.request(path, token=own)))[0][0] == 200
            status, headers, body = (await line.ask(line.request(path, token=foreign)))[0]
            assert (status, json.loads(body)["type"]) == (404, "urn:timbre:problem:board-not-found")
            assert (await line.ask(line.request(path, token=own[:-9])))[0][0] == 401
            twice = line.request(path, f"Authorization: Bearer {own}")
            assert (await line.ask(twice))[0][0] == 401
    for _ in range(3):
        status, headers, body = (await line.ask(line.request(f"{full.id}/rank/{person(99)}")))[0]
        problem = json.loads(body)
        assert (status, problem["type"]) == (404, "urn:timbre:problem:not-on-board")
        assert problem["request_id"] == headers["x-request-id"]


async def test_a_pseudonym_is_found_by_nobody_else_on_the_short_way_either(line: Line, valkey: Valkey) -> None:
    board = await (await Board(valkey).define()).write(ROWS, appearances={3: "pseudonym"}, owners={3: "ann"})
    ann = line.gateway.issuer.token("ambassador", sub="ann")
    for path in (f"{board.id}/rank/{person(3)}", f"{board.id}/around/{person(3)}"):
        found = [(await line.ask(line.request(path, token=token)))[0] for token in (line.token, ann) * 3]
        assert [status for status, _, _ in found] == [404, 200] * 3
        assert all(str(person(3)).encode() not in body for status, _, body in found if status == 200)


async def test_an_old_connection_is_closed_and_a_caller_keeps_their_request_id(line: Line, full: Board) -> None:
    named = line.request(f"{full.id}", "X-Request-Id: my-own-request-id")
    for _ in range(3):
        assert (await line.ask(named))[0][1]["x-request-id"] == "my-own-request-id"
    status, _, _ = (await line.ask(line.request(f"{full.id}", version="1.0")))[0]
    assert status == 200
    assert await line.reader.read() == b""


async def test_the_short_way_is_counted_as_the_long_one(line: Line, full: Board) -> None:
    async def counted() -> dict[str, float]:
        text = (await line.gateway.client.get("/metrics")).text
        return {
            name: float(value) for name, value in (one.rsplit(" ", 1) for one in text.splitlines() if one[0] != "#")
        }

    path = "/v1/boards/{board_id}/rank/{ambassador_id}"
    names = [
        f'http_requests_total{{method="GET",route="{path}",service="gateway",status="200"}}',
        f'http_request_duration_seconds_count{{method="GET",route="{path}",service="gateway"}}',
        'gateway_board_reads_total{outcome="rows",read="rank",service="gateway"}',
    ]
    before: dict[str, Any] = await counted()
    for _ in range(10):
        await line.ask(line.request(f"{full.id}/rank/{person(4)}"))
    after = await counted()
    assert [after[name] - before.get(name, 0) for name in names] == [10, 10, 10]


async def test_a_connection_that_rests_is_closed_however_its_last_request_was_read(run: Run, valkey: Valkey) -> None:
    board = await (await Board(valkey).define()).write(ROWS)
    async with run(snapshot_window=1.0, keep_alive_seconds=1) as gateway:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(gateway.url.rsplit(":", 1)[1]))
        line = Line(gateway, reader, writer)
        for _ in range(8):  # longer than it may rest: each request begins its time anew
            assert (await line.ask(line.request(f"{board.id}/rank/{person(3)}")))[0][0] == 200
            await asyncio.sleep(0.25)
        async with asyncio.timeout(20):
            assert await reader.read() == b""
        writer.close()


async def test_a_board_that_is_being_built_has_no_ranks_yet(line: Line, valkey: Valkey) -> None:
    board = await (await Board(valkey).define()).write(ROWS)
    for path in (f"{board.id}/rank/{person(3)}", f"{board.id}/around/{person(3)}"):
        await board.write(ROWS)
        assert [(await line.ask(line.request(path)))[0][0] for _ in range(2)] == [200, 200]
        await board.write(ROWS, ready=False)
        status, headers, body = (await line.ask(line.request(path)))[0]
        assert (status, json.loads(body)["type"]) == (503, "urn:timbre:problem:board-pending")
        assert headers["retry-after"] == "1"


async def test_nothing_is_left_of_a_connection_that_is_cut_during_a_read(run: Run, valkey: Valkey) -> None:
    board = await (await Board(valkey).define()).write(ROWS)
    async with run(snapshot_window=1.0, keep_alive_seconds=1) as gateway:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(gateway.url.rsplit(":", 1)[1]))
        line = Line(gateway, reader, writer)
        asked = line.request(f"{board.id}/rank/{person(3)}")
        for _ in range(3):
            assert (await line.ask(asked))[0][0] == 200
        own = writer.get_extra_info("sockname")
        (left,) = [
            weakref.ref(one) for one in gc.get_objects() if isinstance(one, GatewayProtocol) and one.client == own
        ]
        await valkey.execute_command("CLIENT", "PAUSE", 10_000, "WRITE")  # type: ignore[no-untyped-call] # redis has it so
        try:
            writer.write(asked)
            await asyncio.sleep(0.2)
            held = writer.get_extra_info("socket")
            held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # closing resets
            writer.transport.abort()
            await asyncio.sleep(0.2)
        finally:
            await valkey.execute_command("CLIENT", "UNPAUSE")  # type: ignore[no-untyped-call] # as above

        async def gone() -> bool:
            gc.collect()
            return left() is None

        await eventually(gone)
