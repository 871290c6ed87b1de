"""The gateway's connections: those of boards, which also send on who follows a link."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

from fastapi import FastAPI
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from gateway.links.door import PATH
from gateway.links.short_way import LinkWay
from gateway.links.targets import Target
from gateway.wire import BoardProtocol, Kept, scope_of


def protocol_of(app: FastAPI) -> Callable[..., asyncio.Protocol]:
    """Return what uvicorn is to make for each connection (its setting `http`)."""
    return partial(GatewayProtocol, served=app, kept=Kept())


class GatewayProtocol(BoardProtocol):
    """One connection."""

    def __init__(self, *uvicorns: Any, served: FastAPI, **more: Any) -> None:  # noqa: ANN401 - as uvicorn has it
        """Serve `served`, whose state has the short way of links once it has started."""
        super().__init__(*uvicorns, served=served, **more)
        self._link_way: LinkWay | None = getattr(served.state, "link_way", None)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:  # noqa: ANN401 - as above
        """Begin a request that was parsed (HttpToolsProtocol)."""
        way, scope = self._link_way, scope_of(cycle)
        usual = scope["path"].startswith(PATH) and self._may_be_short_of(cycle, app)
        if way is None or not usual or not way.begin(scope, partial(self._send_on, way, cycle)):
            super()._start_asgi_task(cycle, app)

    def _send_on(self, way: LinkWay, cycle: RequestResponseCycle, target: Target | None) -> None:
        """Answer with where a link leads; without that the door answers."""
        if self.transport.is_closing():
            return
        if target is None or self._ends() or self.pipeline:
            self._leave(cycle, None)
            return
        self.transport.write(b"%b%b\r\n" % (way.answer(scope_of(cycle), target), self._lines()))
        self._end(cycle)
