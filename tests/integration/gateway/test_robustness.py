"""Bytes as an attacker writes them, to a gateway as it runs: refused or closed, never passed on or a fault of ours."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest

from libs.process.bounds import HEAD_BYTES
from tests.integration.gateway.alone import GatewayProcess, gateway_process
from tests.integration.gateway.issuer import Issuer
from tests.integration.gateway.upstream import Service

STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")
LINES = b"\r\n"


@pytest.fixture(scope="module")
async def running(environment: dict[str, str]) -> AsyncIterator[GatewayProcess]:
    async with gateway_process(environment) as process:
        yield process


@pytest.fixture(scope="module")
def token(issuer: Issuer) -> bytes:
    return b"Authorization: Bearer " + issuer.token("admin", "ambassador").encode()


def request(method: bytes, target: bytes, *headers: bytes, body: bytes = b"") -> bytes:
    return LINES.join([method + b" " + target + b" HTTP/1.1", b"Host: test", *headers, b"", body])


def statuses(answer: bytes) -> list[int]:
    return [int(status) for status in STATUS.findall(answer)]


BOTH = b"Content-Length: 4", b"Transfer-Encoding: chunked"
SMUGGLED = [
    pytest.param([b"Content-Length: 4", b"Content-Length: 5"], b"abcd", id="two lengths"),
    pytest.param([b"Content-Length: 4", b"Content-Length: 4"], b"abcd", id="one length twice"),
    pytest.param([b"Content-Length: 4, 4"], b"abcd", id="a list of lengths"),
    pytest.param([b"Content-Length: +4"], b"abcd", id="a length with a sign"),
    pytest.param([b"Content-Length: 0x4"], b"abcd", id="a length in another base"),
    pytest.param([b"Content-Length: 99999999999999999999"], b"", id="a length beyond numbers"),
    pytest.param([*BOTH], b"0\r\n\r\n", id="length and chunks"),
    pytest.param([*reversed(BOTH)], b"0\r\n\r\n", id="chunks and length"),
    pytest.param([b"Transfer-Encoding: chunked, identity"], b"0\r\n\r\n", id="chunks not last"),
    pytest.param([b"Transfer-Encoding: xchunked"], b"0\r\n\r\n", id="an unknown coding"),
    pytest.param([b"Transfer-Encoding : chunked"], b"0\r\n\r\n", id="a blank before the colon"),
    pytest.param([b"Transfer-Encoding: chunked"], b"zz\r\n", id="a chunk of no size"),
    pytest.param([b"Transfer-Encoding: chunked"], b"4\r\nabcdX\r\n", id="a chunk that goes on"),
    pytest.param([b"Transfer-Encoding: chunked"], b"4;a=\x00\r\nabcd\r\n0\r\n\r\n", id="a NUL beside a chunk's size"),
    pytest.param([b"X-Odd: a\r\n folded"], b"", id="a folded header"),
    pytest.param([b"X-Odd: a\rb"], b"", id="a bare CR"),
    pytest.param([b"X-Odd: a\x00b"], b"", id="a NUL"),
    pytest.param([b"X Odd: a"], b"", id="a blank in a name"),
    pytest.param([b": a"], b"", id="no name"),
]


@pytest.mark.parametrize(("headers", "body"), SMUGGLED)
async def test_what_two_servers_could_read_in_two_ways_is_refused(
    running: GatewayProcess, service: Service, token: bytes, headers: list[bytes], body: bytes
) -> None:
    before = len(service.calls)
    hidden = request(b"GET", b"/v1/me", token)
    answer = await running.spoken(
        request(b"POST", b"/v1/programmes", token, *headers, body=body) + hidden + b"Connection: close\r\n\r\n"
    )
    found = statuses(answer)
    assert len(found) <= 1, "the hidden request was answered"
    assert all(400 <= status < 500 for status in found)
    assert len(service.calls) == before


async def test_what_is_no_http_is_told_so_in_a_problem_document(running: GatewayProcess) -> None:
    answer = await running.spoken(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert statuses(answer) == [400]
    assert b"application/problem+json" in head
    assert b"connection: close" in head.lower()
    assert b"urn:timbre:problem:malformed-request" in body


@pytest.mark.parametrize(
    "target",
    [
        b"/v1/items/..%2f..%2fsecret",
        b"/v1/items/%2e%2e%2fsecret",
        b"/v1/..%2fsecret",
        b"/v1/../secret",
        b"/v1/items/..%5c..%5csecret",
        b"/v1/items/a%2fb",
        b"/v1/items/0192f0c8-0000-7000-8000-000000000000%00",
        b"/v1/items/0192f0c8-0000-7000-8000-000000000000%0d%0aX-Evil:%201",
        b"/v1/items/%ff%fe",
        b"/v1/items/%e2%80%ae",
        b"/v1/items/{item_id}",
        b"/v1/items/" + b"a" * 20_000,
        b"/v1/programmes;/..;/secret",
        b"//v1/me",
        b"/v1//me",
        b"/V1/me",
        b"/v1/me/",
        b"/v1/me%20",
        b"*",
        b"http://127.0.0.1:1",
        b"http://evil.example/secret",
        b"file:///etc/passwd",
        b"evil.example:443",
        b"\xc3\xa9",
        b"/v1/\xc3\xa9",
        b"/v1/me?a=\xff\xfe",
        b"/v1/me?a=b\x01",
    ],
)
async def test_no_target_reaches_what_is_not_served(
    running: GatewayProcess, service: Service, token: bytes, target: bytes
) -> None:
    before = len(service.calls)
    found = statuses(await running.spoken(request(b"GET", target, token, b"Connection: close")))
    assert all(400 <= status < 500 for status in found), found
    assert len(service.calls) == before


async def test_an_absolute_target_is_read_by_its_path_whatever_host_it_names(
    running: GatewayProcess, service: Service, token: bytes
) -> None:
    answer = await running.spoken(request(b"GET", b"http://evil.example/v1/me", token, b"Connection: close"))
    assert statuses(answer) == [200]
    told = service.calls[-1]
    assert told.path == "/me"
    assert "evil.example" not in str(told)


@pytest.mark.parametrize("method", [b"CONNECT", b"TRACE", b"PATCH", b"HEAD", b"PROPFIND", b"GETT", b"get", b"PRI"])
async def test_an_unusual_method_is_refused(
    running: GatewayProcess, service: Service, token: bytes, method: bytes
) -> None:
    before = len(service.calls)
    found = statuses(await running.spoken(request(method, b"/v1/me", token, b"Connection: close")))
    assert found in ([], [400], [405])
    assert len(service.calls) == before


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"GET /v1/me?" + b"a" * HEAD_BYTES, id="an endless address"),
        pytest.param(b"GET /v1/me HTTP/1.1\r\nX-Odd: " + b"a" * HEAD_BYTES, id="an endless header"),
        pytest.param(b"GET /v1/me HTTP/1.1\r\n" + b"X-Odd: a\r\n" * (HEAD_BYTES // 9), id="endless headers"),
        pytest.param(b"GET /v1/me HTTP/1.1\r\n" + b"X-Odd: a\r\n" * (HEAD_BYTES // 9) + b"\r\n", id="a whole head"),
        pytest.param(b"GET /v1/me HTTP/1.1\r\nX-Odd: " + b"a" * HEAD_BYTES + b"\r\n\r\n", id="a whole long header"),
    ],
)
async def test_a_head_without_end_is_cut_off(running: GatewayProcess, service: Service, head: bytes) -> None:
    before = len(service.calls)
    pieces = [head[start : start + 4096] for start in range(0, len(head), 4096)]
    assert statuses(await running.spoken(*pieces)) == [431]
    assert len(service.calls) == before


async def test_a_large_body_that_comes_with_its_head_is_no_large_head(running: GatewayProcess, token: bytes) -> None:
    size = HEAD_BYTES * 3
    whole = request(
        b"POST", b"/v1/programmes", token, b"Content-Length: %d" % size, b"Connection: close", body=b"x" * size
    )
    assert statuses(await running.spoken(whole)) == [200]


async def test_a_refusal_is_seen_while_the_body_is_still_being_sent(running: GatewayProcess, token: bytes) -> None:
    head = request(b"POST", b"/v1/programmes", token, b"Content-Length: %d" % (122 * 65_536), b"Connection: close")
    answer = await running.spoken(head, *[b"x" * 65_536] * 122)
    assert statuses(answer) == [413]
    assert b"urn:timbre:problem:body-too-large" in answer


async def test_an_upgrade_is_not_taken_and_what_follows_it_is_not_read(
    running: GatewayProcess, service: Service, token: bytes
) -> None:
    before = len(service.calls)
    upgrade = request(b"GET", b"/v1/me", token, b"Connection: Upgrade", b"Upgrade: h2c")
    answer = await running.spoken(upgrade + request(b"GET", b"/v1/me", token))
    assert statuses(answer) == [200]
    assert len(service.calls) == before + 1


async def test_nonsense_after_a_request_does_not_answer_it(
    running: GatewayProcess, service: Service, token: bytes
) -> None:
    before = len(service.calls)
    answer = await running.spoken(request(b"GET", b"/v1/me", token) + b"\x00\x01nonsense\r\n\r\n")
    assert statuses(answer) in ([], [200])
    assert len(service.calls) <= before + 1


async def test_two_tokens_are_refused(running: GatewayProcess, token: bytes) -> None:
    answer = await running.spoken(request(b"GET", b"/v1/me", token, token, b"Connection: close"))
    assert statuses(answer) == [401]


async def test_a_client_that_says_nothing_more_is_let_go(running: GatewayProcess) -> None:
    answers = await asyncio.gather(
        running.spoken(b"GET /v1/me HTTP/1.1\r\nHost: t", seconds=60),
        running.spoken(request(b"POST", b"/v1/programmes", b"Content-Length: 9", body=b"half"), seconds=60),
    )
    assert [statuses(answer) for answer in answers] == [[], [401]]
