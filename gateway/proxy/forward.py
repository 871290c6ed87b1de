"""Forwarding one call: the body goes to the service and the answer to the client, both piece by piece."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import httpx
from starlette.types import Receive, Send

from gateway.call import Call
from gateway.proxy.body import ClientGone, RequestBody
from gateway.proxy.headers import to_client, to_service
from gateway.proxy.upstream import Upstream
from libs.problems import Problem
from libs.telemetry.context import current
from libs.web.errors import BodyTooLarge


async def forward(call: Call, upstream: Upstream, receive: Receive, send: Send, *, body_limit: int) -> None:
    """Have the service answer the call; when the client leaves, the service's work is cancelled.

    Raises Problem only while nothing has been answered.
    """
    body = RequestBody(receive, call.headers, limit=min(call.route.body_limit, body_limit))
    try:
        body.check()
        await _until_client_leaves(_exchange(call, upstream, body, send), body)
    except ClientGone:
        upstream.called("left")
    except Problem as problem:
        upstream.called(problem.slug)
        if isinstance(problem, BodyTooLarge):
            await body.drain()
        raise
    except httpx.HTTPError:  # after the answer has begun: our server cuts the connection, so that it is seen
        upstream.called("cut")
        raise
    else:
        upstream.called("answered")


async def _exchange(call: Call, upstream: Upstream, body: RequestBody, send: Send) -> None:
    async with _answer(call, upstream, body) as answer:
        await send({
            "type": "http.response.start",
            "status": answer.status_code,
            "headers": to_client(answer.headers.raw),
        })  # fmt: skip
        async for piece in answer.aiter_raw():
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


@asynccontextmanager
async def _answer(call: Call, upstream: Upstream, body: RequestBody) -> AsyncIterator[httpx.Response]:
    route = call.route
    url = upstream.url(route.service_path.format_map(call.parameters), call.query)
    headers = to_service(call.headers, current())
    request = httpx.Request(route.method, url, headers=headers, content=body if body.present else None)
    # a body that has begun to flow cannot be sent again
    answer = await upstream.send(request, patience=route.timeout, retry=route.retried and not body.present)
    try:
        yield answer
    finally:
        await answer.aclose()


async def _until_client_leaves(exchange: Coroutine[Any, Any, None], body: RequestBody) -> None:
    """Run the exchange to its end. Raises what it raises, and ClientGone as soon as the client is."""
    tasks = asyncio.create_task(exchange), asyncio.create_task(body.client_left())
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if not tasks[0].done():
            raise ClientGone
        tasks[0].result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
