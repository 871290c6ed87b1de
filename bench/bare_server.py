"""A bare ASGI application of ours on uvicorn, as a process: what the server alone can do."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing

from bench.servers import empty_folder
from deploy.local.guardian import guarded
from deploy.local.process import ServiceProcess


@asynccontextmanager
async def bare_server(app: str) -> AsyncIterator[tuple[str, int]]:
    """Return its address and the id of its process; it answers until the block ends."""
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    arguments = ["uvicorn", app, "--port", str(port), "--log-level", "error", "--lifespan", "off"]
    with empty_folder() as folder:
        async with guarded(folder) as guardian:
            process = ServiceProcess("bare", arguments, environment={}, folder=folder, guardian=guardian)
            process.start()
            try:
                await process.wait_ready(f"http://127.0.0.1:{port}/")
                yield f"http://127.0.0.1:{port}", process.pid
            finally:
                await process.stop()
