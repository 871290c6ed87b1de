"""Giving up on what nobody waits for: the caller says in `X-Timeout-Ms` how long it waits once its request is whole."""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.deadline import Deadline, DeadlinePassed, bound
from libs.web.problems import render

HEADER = b"x-timeout-ms"


class Deadlines:
    """Plain ASGI middleware; a read is cut off when its time is over.

    A change is not begun then (see `libs.storage.database`), and once begun is brought to its end: its outcome is kept
    under the Idempotency-Key, and a transaction that is cut off may or may not have been committed.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Wrap `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request in the time that its caller waits."""
        seconds = _seconds(scope) if scope["type"] == "http" else None
        if seconds is None:
            await self._app(scope, receive, send)
        elif scope["method"] == "GET":
            await self._cut_off(seconds, scope, receive, send)
        else:
            await self._bounded(seconds, scope, receive, send)

    async def _cut_off(self, seconds: float, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def answer(message: Message) -> None:
            nonlocal begun
            if not begun:  # whoever has the beginning waits for the rest
                begun = True
                limit.reschedule(None)
            await send(message)

        try:
            async with asyncio.timeout(seconds) as limit:
                await self._app(scope, receive, answer)
        except TimeoutError:
            if begun or not limit.expired():
                raise
            await render(DeadlinePassed("the read took too long"))(scope, receive, send)

    async def _bounded(self, seconds: float, scope: Scope, receive: Receive, send: Send) -> None:
        deadline = Deadline()

        async def body() -> Message:
            message = await receive()
            if not message.get("more_body", False):
                deadline.within(seconds)
            return message

        if not any(name in {b"content-length", b"transfer-encoding"} for name, _ in scope["headers"]):
            deadline.within(seconds)
        with bound(deadline):
            await self._app(scope, body, send)


def _seconds(scope: Scope) -> float | None:
    given = next((value for name, value in scope["headers"] if name == HEADER), b"")
    return int(given) / 1000 if given.isdigit() and len(given) < 10 else None
