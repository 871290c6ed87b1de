"""Headers that keep browsers from guessing, caching and telling."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

ALWAYS = ((b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"no-referrer"))
PRIVATE = (b"cache-control", b"no-store")


class SecurityHeaders:
    """Plain ASGI middleware; an answer that says how it may be cached keeps its word, every other one is private."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, adding the headers to its answer."""

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = list(message.get("headers", ()))
                added = list(ALWAYS) if any(name == PRIVATE[0] for name, _ in given) else [*ALWAYS, PRIVATE]
                names = {name for name, _ in added}
                kept = [pair for pair in given if pair[0] not in names]
                message = {**message, "headers": [*kept, *added]}
            await send(message)

        await self._app(scope, receive, answer if scope["type"] == "http" else send)
