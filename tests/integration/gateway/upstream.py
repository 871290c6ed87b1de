"""Stands for the services behind the gateway: a real server that tells what it was sent and misbehaves on request."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel


class Told(BaseModel):
    """What the server was sent."""

    method: str
    path: str
    query: str
    headers: list[tuple[str, str]]
    size: int


@dataclass
class Service:
    """The application, what reached it, and the news that a caller went away."""

    calls: list[Told] = field(default_factory=list)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    def app(self) -> FastAPI:
        application = FastAPI(title="upstream")

        @application.get("/me", operation_id="me", response_model=Told, description="Who is calling.")
        async def me(request: Request) -> Response:
            return await self.answer(request)

        @application.get("/secret", operation_id="secret")
        async def secret(request: Request) -> Response:
            return await self.answer(request)

        @application.post("/programmes/{programme_id}/interactions", operation_id="record", response_model=Told)
        async def record(programme_id: str, request: Request) -> Response:
            assert programme_id
            return await self.answer(request)

        @application.api_route(
            "/{path:path}", methods=["GET", "POST", "PUT", "DELETE"], include_in_schema=False, response_model=None
        )
        async def anything(request: Request) -> Response:
            return await self.answer(request)

        return application

    async def answer(self, request: Request) -> Response:
        behaviour = request.query_params.get("behave", "echo")
        return await getattr(self, f"_{behaviour}")(request)  # type: ignore[no-any-return] # one of the methods below

    async def _echo(self, request: Request) -> Response:
        size = 0
        async for piece in request.stream():
            size += len(piece)
        told = Told(
            method=request.method,
            path=request.url.path,
            query=request.url.query,
            headers=[(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw],
            size=size,
        )
        self.calls.append(told)
        hop = {"Connection": "x-hop, keep-alive", "Keep-Alive": "timeout=5", "X-Hop": "1", "X-Request-Id": "theirs"}
        return Response(told.model_dump_json(), headers={**hop, "X-Kept": "yes"}, media_type="application/json")

    async def _problem(self, _: Request) -> Response:
        body: dict[str, Any] = {"type": "urn:timbre:problem:item-not-found", "status": 404}
        return JSONResponse(body, 404, media_type="application/problem+json")

    async def _empty(self, _: Request) -> Response:
        return Response(status_code=204)

    async def _slow(self, request: Request) -> Response:
        async with asyncio.timeout(20):
            while (await request.receive())["type"] != "http.disconnect":
                pass
        self.left.set()
        return Response()

    async def _pieces(self, _: Request) -> Response:
        async def pieces() -> AsyncIterator[bytes]:
            yield b"first"
            await self.go_on.wait()
            yield b"second"

        return StreamingResponse(pieces())

    async def _big(self, _: Request) -> Response:
        return Response(b"x" * 3_000_000)

    async def _cut(self, _: Request) -> Response:
        async def pieces() -> AsyncIterator[bytes]:
            yield b"first"
            raise ConnectionResetError

        return StreamingResponse(pieces())


class BreakingServer:
    """Closes the first `breaks` connections when a request comes, and answers 200 on later ones."""

    def __init__(self, *, breaks: int) -> None:
        self.connections = 0
        self._breaks = breaks
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> str:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        await reader.readuntil(b"\r\n\r\n")
        if self.connections > self._breaks:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
            await writer.drain()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
