"""The connection under a stream: how much of what is written may wait in it, and breaking it off."""

import socket
from asyncio import Transport

from starlette.types import Scope

from libs.process.protocol import transport_of

KIBIBYTE = 1024
BUFFER = 32 * KIBIBYTE  # in this process, before a write waits
SYSTEM_BUFFER = 64 * KIBIBYTE  # in the kernel, which else lets megabytes of old states wait for who reads slowly


class Connection:
    """What carries one stream. On a server that does not tell it, buffers and readers that stand still are its own."""

    def __init__(self, scope: Scope) -> None:
        """Take the connection of a request."""
        self._transport: Transport | None = transport_of(scope)

    def tighten(self) -> None:
        """Let little wait, so that a slow reader soon gets one step instead of many old ones."""
        if self._transport is not None:
            self._transport.set_write_buffer_limits(high=BUFFER)
            self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SYSTEM_BUFFER)

    def cut(self) -> None:
        """Drop what waits and close at once: closing politely would wait for a reader that does not read."""
        if self._transport is not None:
            self._transport.abort()
