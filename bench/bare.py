"""The least that can take a request in, or turn it away: an ASGI application that does nothing else."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Part = MutableMapping[str, Any]  # Any: as ASGI has it (asgi.readthedocs.io)
ANSWER = b'{"receipt_id":"01a204e0-95c8-7387-88ba-9ad2b8af89a2","accepted":1000,"rejected":[]}'


async def app(scope: Part, receive: Callable[[], Awaitable[Part]], send: Callable[[Part], Awaitable[None]]) -> None:
    """Answer any request once its body is there; at `/refused` refuse without reading it."""
    if scope["type"] != "http":
        return
    status = 503 if scope["path"] == "/refused" else 202 if scope["method"] == "POST" else 200
    more = status != 503
    while more:
        more = (await receive()).get("more_body", False)
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(ANSWER)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": ANSWER})
