"""Services that answer with bytes as they are."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

Speak = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class RawService:
    """A listener whose connections are all served by `speak`."""

    url: str = ""
    connections: int = 0
    requests: list[bytes] = field(default_factory=list)

    async def head(self, reader: asyncio.StreamReader) -> bytes:
        found = await reader.readuntil(b"\r\n\r\n")
        self.requests.append(found)
        return found


@asynccontextmanager
async def raw_service(speak: Callable[[RawService], Speak]) -> AsyncIterator[RawService]:
    service = RawService()
    speaking = speak(service)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        service.connections += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await speaking(reader, writer)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    service.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield service
    finally:
        server.close()
        await server.wait_closed()


def always(*answers: bytes) -> Callable[[RawService], Speak]:
    """Answers each request of a connection with the next of these, then closes."""

    def speak(service: RawService) -> Speak:
        async def on_connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            for answer in answers:
                await service.head(reader)
                writer.write(answer)
                await writer.drain()

        return on_connection

    return speak
