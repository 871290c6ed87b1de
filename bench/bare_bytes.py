"""What the server itself allows: an ASGI application that sends recorded answers, and does nothing else.

`python -m bench.bare_bytes FILE PORT`, with the file that `bench.board_stack` writes; the path of a request is the
name of an answer.
"""

import json
import sys
from pathlib import Path
from typing import Any, cast

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from libs.process.command import serve


def bare(file: Path) -> ASGIApp:
    """Return the application."""
    recorded: dict[str, Any] = json.loads(file.read_text())
    answers = {
        f"/{name}": (
            {
                "type": "http.response.start",
                "status": one["status"],
                "headers": [(name.encode(), value.encode()) for name, value in one["headers"]],
            },
            {"type": "http.response.body", "body": one["body"].encode()},
        )
        for name, one in recorded.items()
    }

    async def app(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001 - as ASGI has it
        if scope["type"] != "http":
            return
        start, body = answers[scope["path"]]
        await send(start)
        await send(body)

    return app


if __name__ == "__main__":
    serve(cast("FastAPI", bare(Path(sys.argv[1]))), host="127.0.0.1", port=int(sys.argv[2]))
