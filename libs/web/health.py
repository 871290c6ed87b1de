"""`/livez` (this process runs), `/readyz` (its servers answer) and `/metrics`."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from fastapi import APIRouter, Response
from pydantic import BaseModel

from libs.telemetry.metrics import Telemetry
from libs.web.drain import Drain
from libs.web.errors import NotReady
from libs.web.problems import problems

Check = Callable[[], Awaitable[None]]
PATHS = frozenset({"/livez", "/readyz", "/metrics"})
PATIENCE_SECONDS = 2.0


class Health(BaseModel):
    """What was asked and found well."""

    checked: list[str]


def health_router(
    telemetry: Telemetry, checks: Callable[[], Mapping[str, Check]], *, drain: Drain | None = None
) -> APIRouter:
    """Return the routes; a check raises when its part does not answer. Nobody is ready who has begun to end."""
    router = APIRouter(tags=["operations"])

    @router.get("/livez", operation_id="livez")
    async def livez() -> Health:
        """Answer while the process runs: a restart is for a process that cannot, not for a server that is away."""
        return Health(checked=[])

    @router.get("/readyz", operation_id="readyz", responses=problems(NotReady))
    async def readyz() -> Health:
        """Answer 200 when every part that a request needs answers, else 503 naming those that do not."""
        if drain is not None and drain.begun.is_set():
            raise NotReady("this process is ending", retry_after=1)
        named = checks()
        found = await asyncio.gather(*(_outcome(check) for check in named.values()))
        failed = [f"{name}: {outcome}" for name, outcome in zip(named, found, strict=True) if outcome]
        if failed:
            raise NotReady("; ".join(failed), retry_after=1)
        return Health(checked=list(named))

    @router.get("/metrics", operation_id="metrics", response_class=Response)
    async def metrics() -> Response:
        """Answer all metrics in the Prometheus text format."""
        return Response(telemetry.exposition(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return router


async def _outcome(check: Check) -> str:
    try:
        await asyncio.wait_for(check(), PATIENCE_SECONDS)
    except Exception as error:  # noqa: BLE001 - whatever a part raises, the answer is "not ready"
        return repr(error)
    return ""
