"""What the server itself allows: an ASGI application that sends one recorded redirect on, and does nothing else.

`python -m bench.bare_link PORT TARGET`.
"""

import sys
from typing import cast

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.links.door import HEADERS, NOTHING, STATUS
from libs.process.command import serve


def bare(target: bytes) -> ASGIApp:
    """Return the application."""
    start = {"type": "http.response.start", "status": STATUS, "headers": [(b"location", target), *HEADERS]}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001 - as ASGI has it
        if scope["type"] == "http":
            await send(start)
            await send(NOTHING)

    return app


if __name__ == "__main__":
    serve(cast("FastAPI", bare(sys.argv[2].encode())), host="127.0.0.1", port=int(sys.argv[1]))
