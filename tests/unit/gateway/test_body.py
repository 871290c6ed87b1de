"""Reading a body within its limits."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from gateway.errors import BodyTooSlow
from gateway.proxy.body import ClientGone, RequestBody
from libs.web.errors import BodyTooLarge

CHUNKED = [(b"transfer-encoding", b"chunked")]


def messages(*pieces: bytes | None) -> Callable[[], Awaitable[dict[str, Any]]]:
    """What a server hands over; None is a client that leaves."""
    waiting: list[dict[str, Any]] = [
        {"type": "http.disconnect"}
        if piece is None
        else {"type": "http.request", "body": piece, "more_body": number < len(pieces)}
        for number, piece in enumerate(pieces, start=1)
    ]

    async def receive() -> dict[str, Any]:
        return waiting.pop(0) if waiting else await asyncio.Future()

    return receive


async def read(body: RequestBody) -> bytes:
    return b"".join([piece async for piece in body])


async def test_a_body_of_exactly_the_limit_is_taken() -> None:
    assert await read(RequestBody(messages(b"ab", b"", b"cd"), CHUNKED, limit=4)) == b"abcd"


async def test_one_byte_more_is_not() -> None:
    with pytest.raises(BodyTooLarge):
        await read(RequestBody(messages(b"ab", b"cde"), CHUNKED, limit=4))


async def test_an_announced_length_is_checked_before_reading() -> None:
    with pytest.raises(BodyTooLarge):
        RequestBody(messages(), [(b"content-length", b"5")], limit=4).check()
    RequestBody(messages(), [(b"content-length", b"4")], limit=4).check()


async def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    with pytest.raises(BodyTooSlow):
        await read(RequestBody(messages(), CHUNKED, limit=4, patience=0.01))


async def test_a_client_that_leaves_ends_the_reading() -> None:
    with pytest.raises(ClientGone):
        await read(RequestBody(messages(b"a", None), CHUNKED, limit=4))


async def test_without_a_body_the_leaving_is_told_at_once() -> None:
    body = RequestBody(messages(b"", None), [], limit=0)
    assert not body.present
    await asyncio.wait_for(body.client_left(), 5)
