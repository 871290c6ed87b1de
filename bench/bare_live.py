"""The least that can be followed: an ASGI application that begins a stream and shows every 15 s that it lives."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Part = MutableMapping[str, Any]  # Any: as ASGI has it (asgi.readthedocs.io)
PATH = "/live"
HEADERS = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store")]
BEGIN, HEARTBEAT = b"event: snapshot\ndata: {}\n\n", b":\n\n"


async def app(scope: Part, receive: Callable[[], Awaitable[Part]], send: Callable[[Part], Awaitable[None]]) -> None:
    """Send comments until the client has gone; on any other path, nothing."""
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    if scope["path"] != PATH:
        await send({"type": "http.response.body"})
        return
    leaving = asyncio.create_task(_until_left(receive))
    body = BEGIN
    while not leaving.done():
        await send({"type": "http.response.body", "body": body, "more_body": True})
        body = HEARTBEAT
        await asyncio.wait([leaving], timeout=15)


async def _until_left(receive: Callable[[], Awaitable[Part]]) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
