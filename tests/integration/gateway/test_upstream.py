"""How the gateway speaks to a service: what it reads, keeps, refuses, and calls no more."""

import asyncio

import httpx
import pytest

from tests.integration.gateway.conftest import Gateway, Run
from tests.integration.gateway.raw import RawService, Speak, always, raw_service
from tests.integration.gateway.serving import free_address
from tests.integration.gateway.upstream import Service
from tests.support.eventually import eventually

CHUNKS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n"
HINTS = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


async def outcome(gateway: Gateway) -> tuple[int, bytes]:
    answer = await gateway.get("/v1/me", "ambassador")
    return answer.status_code, answer.content


def slug(answer: httpx.Response) -> str:
    return str(answer.json()["type"]).removeprefix("urn:timbre:problem:")


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(OK, id="with a length"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n", id="in chunks"
        ),
        pytest.param(
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n" + OK, id="after hints"
        ),
    ],
)
async def test_a_connection_is_used_again_after_a_whole_answer(run: Run, answer: bytes) -> None:
    async with raw_service(always(answer, answer, answer)) as service, run(sharing_url=service.url) as gateway:
        assert [await outcome(gateway) for _ in range(3)] == [(200, b"ok")] * 3
        assert service.connections == 1


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"HTTP/1.1 200 OK\r\n\r\nok", id="that ends with its connection"),
        pytest.param(b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", id="of an old server"),
        pytest.param(OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"), id="that says it is the last"),
    ],
)
async def test_an_answer_arrives_and_its_connection_is_not_used_again(run: Run, answer: bytes) -> None:
    async with raw_service(always(answer)) as service, run(sharing_url=service.url) as gateway:
        assert [await outcome(gateway) for _ in range(2)] == [(200, b"ok")] * 2
        assert service.connections == 2


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"SSH-2.0-OpenSSH_9.2\r\n", id="another language"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok", id="two lengths"),
        pytest.param(b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n", id="an upgrade"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX-Bad: a\x00b\r\n\r\n", id="a NUL"),
    ],
)
async def test_an_answer_that_is_none_is_a_502(run: Run, answer: bytes) -> None:
    async with raw_service(always(answer)) as service, run(sharing_url=service.url) as gateway:
        answered = await gateway.post("/v1/shares", "ambassador", json={})
        assert (answered.status_code, slug(answered)) == (502, "service-failed")
        assert service.connections == 1


async def test_a_second_answer_that_nobody_asked_for_is_never_given_to_somebody(run: Run) -> None:
    other = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret"
    async with raw_service(always(OK + other)) as service, run(sharing_url=service.url) as gateway:
        assert [await outcome(gateway) for _ in range(3)] == [(200, b"ok")] * 3
        assert service.connections == 3


async def test_a_service_that_answers_before_the_body_is_whole_is_heard(run: Run) -> None:
    early = b"HTTP/1.1 422 Unprocessable Entity\r\nContent-Length: 2\r\n\r\nno"

    def speak(service: RawService) -> Speak:
        async def on_connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await service.head(reader)
            writer.write(early)
            while await reader.read(65_536):
                pass

        return on_connection

    async with raw_service(speak) as service, run(content_url=service.url) as gateway:
        answer = await gateway.post("/v1/programmes", content=b"x" * 900_000)
        assert (answer.status_code, answer.content) == (422, b"no")
        again = await gateway.post("/v1/programmes", content=b"x" * 900_000)
        assert (again.status_code, service.connections) == (422, 2)


async def test_an_answer_waits_for_a_client_that_reads_slowly(run: Run) -> None:
    size = 30_000_000
    sent = 0

    def speak(service: RawService) -> Speak:
        async def on_connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal sent
            await service.head(reader)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
            while sent < size:
                writer.write(b"x" * 100_000)
                await writer.drain()
                sent += 100_000

        return on_connection

    async with raw_service(speak) as service, run(sharing_url=service.url) as gateway:
        headers = gateway.issuer.headers("ambassador")
        async with gateway.client.stream("GET", "/v1/me", headers=headers) as answer:
            arriving = answer.aiter_raw()
            got = len(await anext(arriving))
            last = -1

            async def stands_still() -> bool:
                nonlocal last
                before, last = last, sent
                return before == sent

            await eventually(stands_still)
            assert sent < size, "the answer was taken in faster than it was read"
            got += sum([len(piece) async for piece in arriving])
        assert got == size


async def test_the_service_is_told_how_long_is_waited_for_it(run: Run) -> None:
    async with run(patience=7.5) as gateway:
        told = dict((await gateway.get("/v1/me", "ambassador", headers={"X-Timeout-Ms": "1"})).json()["headers"])
        assert told["x-timeout-ms"] == "7500"


async def test_the_state_of_a_trace_goes_on_with_the_trace_only(gateway: Gateway) -> None:
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    for parent, goes_on in (
        (trace, True),
        (trace.replace("4bf9", "xyz!"), False),
        (trace.replace("00-", "ff-"), False),
    ):
        headers = {"traceparent": parent, "tracestate": "vendor=1"}
        told = dict((await gateway.get("/v1/me", "ambassador", headers=headers)).json()["headers"])
        assert ("tracestate" in told) == goes_on
        assert (parent[3:35] in told["traceparent"]) == goes_on


async def test_a_service_that_nobody_reaches_is_left_alone_until_it_is_back(run: Run) -> None:
    address = free_address()
    async with run(sharing_url=address) as gateway:

        async def opened() -> bool:
            answer = await gateway.post("/v1/shares", "ambassador", json={})
            assert (answer.status_code, slug(answer)) == (503, "service-unavailable")
            assert answer.headers["retry-after"] == "1"
            text = (await gateway.client.get("/metrics")).text
            return 'gateway_breaker_open{service="gateway",upstream="sharing"} 1.0' in text

        await eventually(opened)
        assert (await gateway.get("/v1/programmes")).status_code == 200, "the others go on"
        port = int(address.rsplit(":", 1)[1])

        async def on_connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
            writer.close()

        async with await asyncio.start_server(on_connection, "127.0.0.1", port):

            async def back() -> bool:
                return await outcome(gateway) == (200, b"ok")

            await eventually(back)
            assert (
                'gateway_breaker_open{service="gateway",upstream="sharing"} 0.0'
                in (await gateway.client.get("/metrics")).text
            )


async def test_too_much_at_once_is_turned_away_unread_and_the_rest_goes_on(run: Run, service: Service) -> None:
    service.go_on.clear()
    async with run(places={"sharing": 2}) as gateway:
        headers = gateway.issuer.headers("ambassador", "admin")
        held = [
            await gateway.client.send(
                gateway.client.build_request("GET", "/v1/me?behave=pieces", headers=headers), stream=True
            )
            for _ in range(2)
        ]
        before = len(service.calls)
        # the body is never sent: who turns it away unread does not wait for it
        parts = httpx.URL(gateway.url)
        reader, writer = await asyncio.open_connection(parts.host, parts.port)
        token = headers["Authorization"].encode()
        writer.write(
            b"POST /v1/shares HTTP/1.1\r\nHost: t\r\nAuthorization: " + token + b"\r\nContent-Length: 900000\r\n\r\n"
        )
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 20)
        assert head.startswith(b"HTTP/1.1 503 ")
        assert b"retry-after: 1" in head
        assert b"urn:timbre:problem:overloaded" in await reader.read(200)
        writer.close()
        await writer.wait_closed()
        assert (await gateway.client.get("/v1/programmes", headers=headers)).status_code == 200
        assert len(service.calls) == before + 1
        text = (await gateway.client.get("/metrics")).text
        assert 'gateway_shed_total{service="gateway",work="sharing"} 1.0' in text
        assert 'gateway_under_way_calls{service="gateway",work="sharing"} 2.0' in text
        service.go_on.set()
        for answer in held:
            await answer.aread()

        async def free() -> bool:
            return (await gateway.client.get("/v1/me", headers=headers)).status_code == 200

        await eventually(free)
