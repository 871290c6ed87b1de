"""Refusing a request before its body has been read, so that the client sees why."""

import asyncio

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

LINGER_SECONDS = 2.0


class Incoming:
    """A `receive` that knows whether the request is whole."""

    def __init__(self, receive: Receive, scope: Scope) -> None:
        self._receive = receive
        self.whole = not any(
            name == b"transfer-encoding" or (name == b"content-length" and value != b"0")
            for name, value in scope["headers"]
        )
        # a client that waits to be asked for its body does not send it once it is refused
        self.awaited = any(name == b"expect" for name, _ in scope["headers"])

    async def __call__(self) -> Message:
        """Return the next message."""
        message = await self._receive()
        self.whole = self.whole or not message.get("more_body", False)
        return message


async def refuse(refusal: Response, scope: Scope, incoming: Incoming, send: Send) -> None:
    """Answer at once, then take in for two seconds what the client still sends.

    Closing a connection on which unread bytes lie resets it, and the answer may be lost with it (RFC 9112, 9.6).
    """
    if incoming.whole or incoming.awaited:
        await refusal(scope, incoming, send)
        return
    await send({"type": "http.response.start", "status": refusal.status_code, "headers": refusal.raw_headers})
    await send({"type": "http.response.body", "body": bytes(refusal.body), "more_body": True})
    try:
        async with asyncio.timeout(LINGER_SECONDS):
            while not incoming.whole:
                await incoming()
    except TimeoutError:
        pass
    await send({"type": "http.response.body", "body": b"", "more_body": False})
