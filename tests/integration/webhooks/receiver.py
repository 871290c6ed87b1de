"""A company system's endpoint: a real server on loopback that notes what it is sent, and misbehaves on request."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from unittest.mock import patch

from standardwebhooks import webhooks

from libs.cancellation import ended
from tests.support.eventually import eventually


@dataclass(frozen=True, kw_only=True)
class Posted:
    """One request as it came."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    def verified_by(self, secret: str, *, now: datetime | None = None) -> object:
        """What it says, once the public library has verified it as a receiver would, whose clock may say `now`."""

        class Clock(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override] # no other time is asked for
                return now or datetime.now(tz)

        with patch.object(webhooks, "datetime", Clock):
            return webhooks.Webhook(secret).verify(self.body, self.headers)


Behaviour = Callable[[asyncio.StreamWriter], Awaitable[None]]


def answering(status: int, body: bytes = b"", **headers: str) -> Behaviour:
    """Answer at once."""
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        await writer.drain()

    return answer


def sending(raw: bytes) -> Behaviour:
    """Send these bytes and close."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        await writer.drain()

    return answer


def dripping(head: bytes) -> Behaviour:
    """Begin with `head` and then send a byte now and then, for as long as somebody listens."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while not writer.is_closing():
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.05)

    return answer


def waiting_for(event: asyncio.Event, then: Behaviour) -> Behaviour:
    """Answer only when the test says so."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        await event.wait()
        await then(writer)

    return answer


OK = answering(200, b"thank you")


@dataclass
class Receiver:
    """The server. Each path behaves as its list says, one after the other, and goes on with the last."""

    url: str = ""
    posted: dict[str, list[Posted]] = field(default_factory=dict)
    behaviours: dict[str, list[Behaviour]] = field(default_factory=dict)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def behave(self, path: str, *behaviours: Behaviour) -> None:
        self.behaviours[path] = list(behaviours)

    def at(self, path: str) -> list[Posted]:
        """What was posted to a path so far."""
        return self.posted.get(path, [])

    async def got(self, path: str, count: int = 1, *, seconds: float = 30) -> list[Posted]:
        """What was posted to a path, as soon as there are so many."""

        async def enough() -> list[Posted]:
            found = self.at(path)
            return list(found) if len(found) >= count else []

        return await eventually(enough, seconds=seconds)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        with suppress(asyncio.CancelledError):  # the test is over
            await self._answer(reader, writer)
        writer.close()
        self.tasks.discard(task)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:-2])}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            path = head[0].split(" ")[1].partition("?")[0]
            self.posted.setdefault(path, []).append(Posted(line=head[0], headers=headers, body=body))
            behaviours = self.behaviours.get(path, [OK])
            await (behaviours.pop(0) if len(behaviours) > 1 else behaviours[0])(writer)


@asynccontextmanager
async def receiving(tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> AsyncIterator[Receiver]:
    """A receiver that serves until the block ends."""
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    receiver.url = f"{'https' if tls else 'http'}://{host}:{port}"
    try:
        yield receiver
    finally:
        server.close()
        await ended(receiver.tasks)
