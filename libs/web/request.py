"""What surrounds each request: its id and trace, one log line, two metrics, and the answer to an unforeseen failure."""

import re
import secrets
import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.telemetry.context import Context, bound, new_traceparent
from libs.telemetry.logs import logger
from libs.telemetry.metrics import Telemetry
from libs.web import health
from libs.web.errors import BodyTooLarge
from libs.web.problems import fault, render

log = logger(__name__)

REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")


class RequestMetrics:
    """What is counted of every request; each combination of labels is looked up once."""

    def __init__(self, telemetry: Telemetry) -> None:
        """Count into the process's registry."""
        self._service = telemetry.service
        labels = ("route", "method", "status")
        self._requests = telemetry.counter("http_requests_total", "Requests answered.", labels)
        self._seconds = telemetry.histogram(
            "http_request_duration_seconds", "Time to the end of the answer.", ("route", "method")
        )
        self._known: dict[tuple[str, str, int], tuple[Callable[[], None], Callable[[float], None]]] = {}

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count an answer; all three come from closed sets."""
        found = self._known.get((route, method, status))
        if found is None:
            found = self._known[route, method, status] = (
                self._requests.labels(self._service, route, method, str(status)).inc,
                self._seconds.labels(self._service, route, method).observe,
            )
        count, observe = found
        count()
        observe(seconds)


class RequestSurround:
    """Plain ASGI middleware: no task groups around the handler, so a cancelled client cannot leak a connection."""

    def __init__(self, app: ASGIApp, metrics: RequestMetrics) -> None:
        """Count into `metrics`."""
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request inside its context."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        context = Context(
            correlation_id=_request_id(headers.get(b"x-request-id", b"")),
            traceparent=new_traceparent(headers.get(b"traceparent", b"").decode("latin-1")),
        )
        answer = _Answer(send, context.correlation_id)
        started = time.perf_counter()
        with bound(context):
            try:
                await self._app(scope, receive, answer)
            except Exception as error:
                if answer.status:
                    raise  # the answer has begun: the server cuts the connection
                await fault(error)(scope, receive, answer)
            finally:
                self._observe(scope, answer.status or 499, time.perf_counter() - started)

    def _observe(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path_format", None) or "unknown"
        method = scope["method"] if scope["method"] in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} else "other"
        self._metrics.answered(route, method, status, seconds)
        if scope["path"] not in health.PATHS:
            log.info("request_answered", route=route, method=method, status=status, seconds=round(seconds, 4))


class _Answer:
    """Sends on, noting the status and adding the request id."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._id = (b"x-request-id", request_id.encode())
        self._replaced = False
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers: list[tuple[bytes, bytes]] = [*message.get("headers", ()), self._id]
            if self.status == 413 and any(value.startswith(b"text/plain") for _, value in headers):
                await self._replace()
                return
            message = {**message, "headers": headers}
        if not self._replaced:
            await self._send(message)

    async def _replace(self) -> None:
        """Answer with a problem document where Starlette's body limit insists on a line of text."""
        self._replaced = True
        refusal = render(BodyTooLarge("send less at once"))
        headers = [*refusal.raw_headers, self._id, (b"connection", b"close")]
        await self._send({"type": "http.response.start", "status": 413, "headers": headers})
        await self._send({"type": "http.response.body", "body": bytes(refusal.body)})


def _request_id(given: bytes) -> str:
    """Return the caller's id when it is one that is safe to log, else a new one."""
    return given.decode() if REQUEST_ID.fullmatch(given) else secrets.token_hex(16)
