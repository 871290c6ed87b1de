"""Listeners that cost next to nothing, so that a great many of them fit beside what is measured."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, cast
from urllib.parse import urlsplit

AT_ONCE = 100
APPLIED = re.compile(rb'"as_of":"([^"]+)".*?"sequence":(\d+)')
PATIENCE_SECONDS = 120.0
LOOK_SECONDS = 0.005


class Frame(NamedTuple):
    """A change that came to a listener: the last entry in it, when that was applied, and when it came (Unix time)."""

    sequence: int
    as_of: bytes
    at: float


@dataclass
class Audience:
    """Streams of one address, and the changes that have come over them."""

    url: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    frames: list[Frame] = field(default_factory=list)
    begun: int = 0
    refused: list[bytes] = field(default_factory=list)
    reached: Counter[int] = field(default_factory=Counter)  # how many listeners have had the change of a sequence
    _open: list[asyncio.Transport] = field(default_factory=list)

    async def grow(self, count: int) -> None:
        """Open so many more streams; returns when each has its first event. Raises TimeoutError."""
        parts = urlsplit(self.url)
        assert parts.hostname is not None, "an address of ours"
        host, port = parts.hostname, parts.port or 80
        lines = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        request = f"GET {self.path} HTTP/1.1\r\nhost: {parts.netloc}\r\n{lines}\r\n".encode()
        loop = asyncio.get_running_loop()
        for start in range(0, count, AT_ONCE):
            some, aim = range(min(AT_ONCE, count - start)), self.begun + min(AT_ONCE, count - start)
            opened = await asyncio.gather(
                *(loop.create_connection(lambda: _Ear(self, request), host, port) for _ in some)
            )
            self._open += [transport for transport, _ in opened]
            async with asyncio.timeout(PATIENCE_SECONDS):
                while self.begun < aim:
                    assert not self.refused, self.refused[0]
                    await asyncio.sleep(LOOK_SECONDS)

    def heard(self, data: bytes) -> None:
        """Note what came to a listener."""
        now = time.time()
        for as_of, sequence in APPLIED.findall(data):
            self.frames.append(Frame(int(sequence), as_of, now))
            self.reached[int(sequence)] += 1

    async def all_have(self, sequence: int) -> None:
        """Return when every listener has had the change that an entry led to. Raises TimeoutError."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self.reached[sequence] < self.begun:  # noqa: ASYNC110 - many tell, and each would have to look
                await asyncio.sleep(LOOK_SECONDS)

    def close(self) -> None:
        """Leave."""
        for transport in self._open:
            transport.abort()


class _Ear(asyncio.Protocol):
    """One listener, who looks no closer than has to be."""

    __slots__ = ("_audience", "_request", "_seen")

    def __init__(self, audience: Audience, request: bytes) -> None:
        self._audience = audience
        self._request = request
        self._seen = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask."""
        cast("asyncio.Transport", transport).write(self._request)

    def data_received(self, data: bytes) -> None:
        """Tell what came."""
        if not self._seen:
            self._seen = True
            if not data.startswith(b"HTTP/1.1 200 "):
                self._audience.refused.append(data)
        if b"event: change" in data:
            self._audience.heard(data)
        elif b"event: snapshot" in data:
            self._audience.begun += 1
