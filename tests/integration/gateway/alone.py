"""A gateway as a process of its own, as it runs everywhere, and bytes that are sent to it as they are."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from tests.integration.gateway.serving import free_address
from tests.support.eventually import eventually

ENDED = {0, -signal.SIGTERM, -signal.SIGKILL}


@dataclass(frozen=True, kw_only=True)
class GatewayProcess:
    """A running process and its address."""

    process: asyncio.subprocess.Process
    url: str

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        parts = urlsplit(self.url)
        return await asyncio.open_connection(parts.hostname, parts.port)

    async def spoken(self, *pieces: bytes, seconds: float = 20) -> bytes:
        """All that comes back until the gateway closes the connection, after these bytes."""
        reader, writer = await self.connect()
        try:
            with suppress(ConnectionError):  # of the writing: what was answered can be read all the same
                for piece in pieces:
                    writer.write(piece)
                    await writer.drain()
            return await asyncio.wait_for(_rest(reader), seconds)
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def end(self) -> None:
        """SIGTERM, and wait until it has ended well."""
        if self.process.returncode is None:
            self.process.terminate()
        assert await asyncio.wait_for(self.process.wait(), 40) in ENDED


async def _rest(reader: asyncio.StreamReader) -> bytes:
    found = b""
    with suppress(ConnectionError):
        while piece := await reader.read(65_536):
            found += piece
    return found


@asynccontextmanager
async def gateway_process(environment: Mapping[str, str], **settings: str) -> AsyncIterator[GatewayProcess]:
    """Start it with these settings on top of those of the environment; ready when the block begins."""
    url = free_address()
    own = {f"GATEWAY_{name.upper()}": value for name, value in settings.items()}
    given = {**os.environ, **environment, "GATEWAY_PORT": url.rsplit(":", 1)[1], "GATEWAY_DRAIN_SECONDS": "0", **own}
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "gateway", "serve", env=given)
    running = GatewayProcess(process=process, url=url)
    try:
        async with httpx.AsyncClient(base_url=url, trust_env=False) as client:

            async def ready() -> bool:
                return (await client.get("/readyz")).is_success

            await eventually(ready, seconds=60)
        yield running
        await running.end()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
