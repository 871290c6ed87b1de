"""What is for operations alone, at a port of its own: the public one knows nothing of it."""

from starlette.types import ASGIApp, Receive, Scope, Send

from libs.web.errors import NoSuchRoute
from libs.web.health import PATHS
from libs.web.problems import render


class OperationsPort:
    """Plain ASGI middleware: with a `port` these paths are served there only."""

    def __init__(self, app: ASGIApp, *, port: int | None) -> None:
        """Wrap `app`."""
        self._app, self._port = app, port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, unless it asks the public port for what is not public."""
        if self._port and scope["type"] == "http" and scope["path"] in PATHS and scope["server"][1] != self._port:
            await render(NoSuchRoute("there is nothing at this path"))(scope, receive, send)
        else:
            await self._app(scope, receive, send)
