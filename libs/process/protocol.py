"""uvicorn's HTTP protocol, which also lets an application reach the connection that it answers on.

ASGI has no word for breaking off. An application that only returns leaves the server waiting, for ever, until a client
that reads nothing has taken what was written to it.
"""

from asyncio import Transport
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

EXTENSION = "timbre.connection"


class Http(HttpToolsProtocol):
    """Adds the transport to the scope of each request."""

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self.scope["extensions"] = {EXTENSION: {"transport": self.transport}}


def transport_of(scope: Any) -> Transport | None:  # noqa: ANN401 - a mapping whose values are anything (ASGI)
    """Return the transport of a request; None on a server that does not tell."""
    found: Transport | None = scope.get("extensions", {}).get(EXTENSION, {}).get("transport")
    return found
