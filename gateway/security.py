"""Headers that keep browsers from guessing, caching, framing and telling."""

from collections.abc import Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Header = tuple[bytes, bytes]

# whatever the answer says itself
ALWAYS: Sequence[Header] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
HSTS = "strict-transport-security"
NOTHING_LOADED: Header = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
# unless the answer says something else
USUAL: Sequence[Header] = ((b"cache-control", b"no-store"), NOTHING_LOADED)
# for the page of /docs: its own scripts and nobody else's; Swagger UI writes styles into its elements
PAGE: Sequence[Header] = (
    (
        b"content-security-policy",
        b"; ".join([
            b"default-src 'none'", b"script-src 'self'", b"style-src 'self' 'unsafe-inline'", b"img-src 'self' data:",
            b"font-src 'self' data:", b"connect-src 'self'", b"base-uri 'none'", b"form-action 'none'",
            b"frame-ancestors 'none'",
        ]),
    ),
    (b"cross-origin-opener-policy", b"same-origin"),
)  # fmt: skip
REPLACED = {HSTS.encode(), *(name for name, _ in ALWAYS)}  # whatever a service says


def server_headers(hsts_seconds: int) -> Sequence[tuple[str, str]]:
    """Return what the server itself adds to every answer, also to one that passes no middleware.

    With `hsts_seconds` browsers are told to come by https only, for so long (RFC 6797).
    """
    return [(HSTS, f"max-age={hsts_seconds}")] if hsts_seconds else []


class SecurityHeaders:
    """Plain ASGI middleware; an answer that says how it may be cached keeps its word, every other one is private."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, adding the headers to its answer."""

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = [pair for pair in message.get("headers", ()) if pair[0] not in REPLACED]
                names = {name for name, _ in given}
                usual = [pair for pair in USUAL if pair[0] not in names]
                message = {**message, "headers": [*given, *ALWAYS, *usual]}
            await send(message)

        await self._app(scope, receive, answer if scope["type"] == "http" else send)
