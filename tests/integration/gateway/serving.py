"""Runs an ASGI application on a real socket inside the test's loop."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI

from libs.process.protocol import Http


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:  # the test's process keeps its own
        yield


@asynccontextmanager
async def served(
    app: FastAPI, protocol: Any = Http, *, headers: Sequence[tuple[str, str]] = (), keep_alive: int = 5
) -> AsyncIterator[str]:
    """The address at which `app` answers until the block ends; `protocol` makes its connections.

    Every answer has `headers`, and a connection ends that was idle for `keep_alive` seconds.
    """
    # of TCP by name: asyncio asks for that before it sends small packets at once
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(
        app,
        http=protocol,
        log_config=None,
        access_log=False,
        server_header=False,
        headers=[*headers],
        timeout_keep_alive=keep_alive,
        proxy_headers=False,
        timeout_graceful_shutdown=2,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started:
            assert not task.done(), "the application did not start"
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
        listener.close()


def free_address() -> str:
    """An address at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"
