"""A client of live boards: reads the stream as it comes and holds the page that its events make."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

Page = dict[str, Any]


def applied(page: Page, change: dict[str, Any]) -> Page:
    """The page after a change, as docs/boards.md tells clients to make it."""
    before = page["items"]
    items = before[: change["size"]] + [None] * (change["size"] - len(before))
    for row in change["rows"]:
        fields = {name: value for name, value in row.items() if name not in {"at", "was"}}
        items[row["at"]] = {**({} if row["was"] is None else before[row["was"]]), **fields}
    return {**page, **change["head"], "items": items}


@dataclass(frozen=True)
class Event:
    """One event of a stream."""

    kind: str
    data: dict[str, Any]
    id: str


class Over(Exception):  # noqa: N818 - says what happened
    """The server ended the stream properly."""


@dataclass
class Listener:
    """An open stream, and what it has told so far."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    page: Page = field(default_factory=dict)
    last_id: str = ""
    kinds: list[str] = field(default_factory=list)
    retries: list[int] = field(default_factory=list)
    heartbeats: int = 0
    _rest: bytes = b""

    async def begin(self) -> None:
        """Read the head of the answer."""
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        self.status = int(head[0].split(" ")[1])
        self.headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)

    async def problem(self) -> str:
        """The slug of the problem document that came instead of a stream."""
        body = json.loads(await self.reader.readexactly(int(self.headers["content-length"])))
        return str(body["type"]).removeprefix("urn:timbre:problem:")

    async def event(self, seconds: float = 20) -> Event:
        """The next event, whose page is kept. Raises Over at the end of the stream, TimeoutError without either."""
        async with asyncio.timeout(seconds):
            while True:
                if found := self._read(await self._block()):
                    return found

    async def until(self, fact: Callable[[Page], bool], seconds: float = 20) -> Page:
        """The page, as soon as something is true of it."""
        async with asyncio.timeout(seconds):
            while not (self.page and fact(self.page)):
                await self.event(seconds)
        return self.page

    async def heartbeat(self, seconds: float = 20) -> None:
        """Return when one more heartbeat has come."""
        async with asyncio.timeout(seconds):
            before = self.heartbeats
            while self.heartbeats == before:
                self._read(await self._block())

    async def end(self, seconds: float = 20) -> None:
        """Return when the server has ended the stream properly."""
        async with asyncio.timeout(seconds):
            try:
                while True:
                    await self.event(seconds)
            except Over:
                return

    async def _block(self) -> str:
        while b"\n\n" not in self._rest:
            size = int(await self.reader.readuntil(b"\r\n"), 16)
            self._rest += (await self.reader.readexactly(size + 2))[:size]
            if size == 0:
                raise Over
        block, _, self._rest = self._rest.partition(b"\n\n")
        return block.decode()

    def _read(self, block: str) -> Event | None:
        fields = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":"))
        if "retry" in fields:
            self.retries.append(int(fields["retry"]))
        if "event" not in fields:
            self.heartbeats += block.startswith(":")
            return None
        event = Event(fields["event"], json.loads(fields["data"]), fields["id"])
        self.page = event.data if event.kind == "snapshot" else applied(self.page, event.data)
        self.last_id = event.id
        self.kinds.append(event.kind)
        return event


@asynccontextmanager
async def following(
    url: str,
    path: str,
    headers: Mapping[str, str],
    *,
    after: Listener | None = None,
    receive_buffer: int | None = None,
) -> AsyncIterator[Listener]:
    """Ask for a stream, coming back `after` another; `receive_buffer` bytes are taken at most while nobody reads."""
    parts = urlsplit(url)
    assert parts.hostname
    assert parts.port
    connected = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if receive_buffer is not None:
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    connected.settimeout(0)
    await asyncio.get_running_loop().sock_connect(connected, (parts.hostname, parts.port))
    reader, writer = await asyncio.open_connection(sock=connected, limit=receive_buffer or 2**16)
    seen = {"Last-Event-ID": after.last_id} if after else {}
    lines = "".join(f"{name}: {value}\r\n" for name, value in {"Host": parts.netloc, **headers, **seen}.items())
    writer.write(f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode())
    try:
        listener = Listener(reader, writer, page=after.page if after else {})
        await listener.begin()
        yield listener
    finally:
        writer.close()
