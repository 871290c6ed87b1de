"""Refusing a request before its body has been read."""

import asyncio
from typing import Any

import pytest
from starlette.responses import Response

from libs.web import linger
from libs.web.linger import Incoming, refuse

LENGTH = [(b"content-length", b"6")]


class Connection:
    """What a server hands over and takes."""

    def __init__(self, *pieces: bytes, headers: list[tuple[bytes, bytes]] | None = None) -> None:
        self.scope = {"type": "http", "method": "POST", "headers": LENGTH if headers is None else headers}
        self.pieces = list(pieces)
        self.told: list[str] = []

    async def receive(self) -> Any:
        if not self.pieces:
            return await asyncio.Future()
        piece = self.pieces.pop(0)
        self.told.append("read")
        return {"type": "http.request", "body": piece, "more_body": bool(self.pieces)}

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.body":
            self.told.append("answered" if message.get("more_body") or message["body"] else "ended")

    async def refused(self) -> list[str]:
        incoming = Incoming(self.receive, self.scope)
        await refuse(Response("no", 503), self.scope, incoming, self.send)
        return self.told


async def test_the_answer_comes_first_and_the_end_after_the_body() -> None:
    assert await Connection(b"abc", b"def").refused() == ["answered", "read", "read", "ended"]


async def test_without_a_body_there_is_nothing_to_wait_for() -> None:
    assert await Connection(headers=[]).refused() == ["answered"]
    assert await Connection(headers=[(b"content-length", b"0")]).refused() == ["answered"]


async def test_a_body_that_waits_to_be_asked_for_is_not_waited_for() -> None:
    assert await Connection(headers=[*LENGTH, (b"expect", b"100-continue")]).refused() == ["answered"]


async def test_a_body_that_does_not_end_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linger, "LINGER_SECONDS", 0.01)
    connection = Connection(headers=[(b"transfer-encoding", b"chunked")])
    assert await asyncio.wait_for(connection.refused(), 30) == ["answered", "ended"]


async def test_a_body_that_was_read_is_not_waited_for() -> None:
    connection = Connection(b"abcdef")
    incoming = Incoming(connection.receive, connection.scope)
    await incoming()
    await refuse(Response("no", 502), connection.scope, incoming, connection.send)
    assert connection.told == ["read", "answered"]
