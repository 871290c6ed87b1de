"""uvicorn, ended so that no request is lost that came on a connection which it had said it would keep."""

import asyncio
import socket

import uvicorn

from libs.process.bounds import BoundedHttp
from libs.web.drain import Drain

CLOSE = (b"connection", b"close")
LOOK_SECONDS = 0.1
SWEEP_TICKS = 50  # of a tenth of a second


class Server(uvicorn.Server):
    """Ends in three steps: not ready and `Connection: close` on each answer, then no new connections, then the rest.

    The first lasts `grace` seconds, in which the load balancer notices and clients move. Only then are idle connections
    closed, and work that is still under way is waited for, as long as uvicorn is told to.
    """

    def __init__(self, config: uvicorn.Config, drain: Drain, *, grace: float) -> None:
        """Tell `drain` when the end begins."""
        super().__init__(config)
        self._drain = drain
        self._grace = grace

    async def on_tick(self, counter: int) -> bool:
        """Do what uvicorn does each tenth of a second, and close connections that are too slow."""
        if counter % SWEEP_TICKS == 0:
            now = asyncio.get_running_loop().time()
            for connection in list(self.server_state.connections):
                if isinstance(connection, BoundedHttp):
                    connection.close_when_slow(now)
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End, step by step; a second interrupt ends at once."""
        self._drain.begin()
        await self._say_close()
        await self._wait(self._grace)
        for server in self.servers:
            server.close()
        await asyncio.sleep(0)  # what has come meanwhile is taken in before idle connections are closed
        await super().shutdown(sockets)

    async def _say_close(self) -> None:
        self.config.encoded_headers = [*self.config.encoded_headers, CLOSE]
        await self.on_tick(0)  # makes the headers of all answers to come
        for connection in self.server_state.connections:
            cycle = getattr(connection, "cycle", None)
            # an answer that has begun has said that the connection is kept: it is, until the next
            if cycle is not None and not cycle.response_started:
                cycle.keep_alive = False

    async def _wait(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        ends = loop.time() + seconds
        tick = 0
        while loop.time() < ends and not self.force_exit:
            tick += 1
            await self.on_tick(tick)
            await asyncio.sleep(LOOK_SECONDS)
