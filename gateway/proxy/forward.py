"""Forwarding one call: the body goes to the service and the answer to the client, both piece by piece."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from starlette.types import Receive, Send

from gateway.call import Call
from gateway.proxy.body import ClientGone, RequestBody
from gateway.proxy.connection import BrokenOff, Late
from gateway.proxy.headers import to_client, to_service
from gateway.proxy.upstream import Request, Upstream
from libs.problems import Problem
from libs.telemetry.context import current


async def forward(call: Call, upstream: Upstream, receive: Receive, send: Send, *, body_limit: int) -> None:
    """Have the service answer the call; when the client leaves, the service's work is cancelled.

    Raises Problem only while nothing has been answered.
    """
    body = RequestBody(receive, call.headers, limit=min(call.route.body_limit, body_limit))
    try:
        body.check()
        await _unless_client_leaves(_exchange(call, upstream, body, send), body)
    except ClientGone:
        upstream.called("left")
    except Problem as problem:
        upstream.called(problem.slug)
        raise
    except (BrokenOff, Late):  # after the answer has begun: our server cuts the connection, so that it is seen
        upstream.called("cut")
        raise
    else:
        upstream.called("answered")


async def _exchange(call: Call, upstream: Upstream, body: RequestBody, send: Send) -> None:
    async with upstream.asked(_request(call, body)) as answer:
        headers = to_client(answer.headers)
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        while not answer.complete:
            piece = await answer.piece()
            await send({"type": "http.response.body", "body": piece, "more_body": not answer.complete})
            if answer.complete:
                return
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def _request(call: Call, body: RequestBody) -> Request:
    route = call.route
    target = route.service_path.format_map(call.parameters).encode("ascii")
    return Request(
        method=route.method,
        target=target + b"?" + call.query if call.query else target,
        headers=to_service(call.headers, current(), seconds=route.timeout),
        patience=route.timeout,
        retried=route.retried,
        body=body if body.present else None,
    )


async def _unless_client_leaves(exchange: Coroutine[Any, Any, None], body: RequestBody) -> None:
    """Run the exchange to its end. Raises what it raises, and ClientGone as soon as the client is."""
    task, left = asyncio.current_task(), False
    assert task is not None, "a request is answered in a task"

    async def watch() -> None:
        nonlocal left
        await body.client_left()
        left = True
        task.cancel()

    watching = asyncio.create_task(watch())
    try:
        await exchange
    except asyncio.CancelledError as error:
        if left and not task.uncancel():
            raise ClientGone from error
        raise
    finally:
        watching.cancel()
