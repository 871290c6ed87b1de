"""A client that costs next to nothing: prepared requests over kept connections, and only what the answer needs read."""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

Link = tuple[asyncio.StreamReader, asyncio.StreamWriter]
TAKES_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and after how many seconds."""

    status: int
    body: bytes
    seconds: float

    def json(self) -> Any:  # noqa: ANN401 - any JSON
        """Return the body as JSON."""
        return json.loads(self.body)


class Wire:
    """Connections to one server; as many as there are requests under way."""

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        """Send to `url` with these headers."""
        parts = urlsplit(url)
        assert parts.hostname is not None, "an address of ours"
        self._host, self._port = parts.hostname, parts.port or 80
        self._headers = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self._idle: list[Link] = []

    async def post(self, path: str, body: bytes) -> Answer:
        """Send a request and wait for its answer. Raises OSError, IncompleteReadError."""
        head = f"POST {path} HTTP/1.1\r\nhost: {self._host}\r\ncontent-length: {len(body)}\r\n{self._headers}\r\n"
        started = time.perf_counter()
        reader, writer = self._idle.pop() if self._idle else await self._connect()
        writer.writelines([head.encode(), body])
        status, answer = await _answer(reader)
        seconds = time.perf_counter() - started
        await writer.drain()  # a refusal may come before the server has taken all of the body
        self._idle.append((reader, writer))
        return Answer(status, answer, seconds)

    def close(self) -> None:
        """Close what is open."""
        for _, writer in self._idle:
            writer.close()

    async def _connect(self) -> Link:
        reader, writer = await asyncio.open_connection(self._host, self._port, limit=TAKES_BYTES)
        writer.transport.set_write_buffer_limits(high=64 * TAKES_BYTES)
        return reader, writer


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Read one answer that states its length (RFC 9112)."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
    return int(head.split(b" ", 2)[1]), await reader.readexactly(length)
