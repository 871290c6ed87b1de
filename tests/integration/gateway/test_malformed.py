"""Requests as no proper client writes them: refused, and never a fault of ours."""

import asyncio

import httpx
import pytest

from tests.integration.gateway.conftest import Gateway
from tests.integration.gateway.upstream import Service


async def status_of(gateway: Gateway, target: bytes, *headers: bytes) -> int:
    """The status of the answer to a GET that is written byte by byte."""
    address = httpx.URL(gateway.url)
    reader, writer = await asyncio.open_connection(address.host, address.port)
    token = b"Authorization: Bearer " + gateway.issuer.token("ambassador").encode()
    lines = [b"GET " + target + b" HTTP/1.1", b"Host: test", token, b"Connection: close", *headers, b"", b""]
    writer.write(b"\r\n".join(lines))
    answer = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    await writer.wait_closed()
    return int(answer.split(b" ", 2)[1])


@pytest.mark.parametrize(
    "header",
    [b"X-Odd: a\x01b", b"X-Odd: a\x7fb", b"X-Odd: a\x00b", b"X Odd: a", b"X-Odd: a\x0bb", b"Content-Length: -1"],
)
async def test_a_header_that_may_not_be_passed_on_is_refused(gateway: Gateway, header: bytes) -> None:
    assert await status_of(gateway, b"/v1/me", header) == 400


@pytest.mark.parametrize("header", [b"X-Odd: caf\xe9", b"X-Odd:", b"X-Odd: a\tb", b"Content-Length: 0"])
async def test_an_unusual_header_passes(gateway: Gateway, header: bytes) -> None:
    assert await status_of(gateway, b"/v1/me", header) == 200


@pytest.mark.parametrize(
    "query", [b"?a=%00%ff", b"?<script>\"'", b"?a=b?c=d&&==", b"?" + b"a" * 8000, b"?%zz", b"?a#b"]
)
async def test_an_unusual_query_passes(gateway: Gateway, query: bytes) -> None:
    assert await status_of(gateway, b"/v1/me" + query) == 200


@pytest.mark.parametrize("path", [b"/v1/../secret", b"/v1/%2e%2e/secret", b"/v1//secret", b"//secret", b"/v1/me%00"])
async def test_no_spelling_of_a_path_reaches_what_is_not_served(
    gateway: Gateway, service: Service, path: bytes
) -> None:
    before = len(service.calls)
    assert await status_of(gateway, path) in {404, 422}
    assert len(service.calls) == before


async def test_two_ways_to_end_a_body_are_refused(gateway: Gateway) -> None:
    assert await status_of(gateway, b"/v1/me", b"Content-Length: 4", b"Transfer-Encoding: chunked") in {400, 413}


@pytest.mark.parametrize("query", [b"?a=\x7f", b"?a=\x01", b"?a=\xff", b"?a=\tb", b"?" + b"a" * 65_530])
async def test_a_query_that_no_address_may_hold_is_no_fault_of_ours(gateway: Gateway, query: bytes) -> None:
    assert await status_of(gateway, b"/v1/me" + query) in {200, 400, 422, 431}
