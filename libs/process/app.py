"""The FastAPI application of a service: its routers inside the kit's surroundings, its tasks beside them."""

from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp

from libs.clock import Clock, SystemClock
from libs.process.lag import Lag
from libs.process.parts import Parts, open_parts
from libs.process.rounds import in_rounds
from libs.process.settings import ServiceSettings
from libs.process.tasks import running
from libs.telemetry.metrics import Telemetry
from libs.web import problems
from libs.web.deadlines import Deadlines
from libs.web.drain import Drain
from libs.web.health import Check, health_router
from libs.web.idempotency import forget_old_keys
from libs.web.openapi import describe_failures
from libs.web.request import RequestMetrics, RequestSurround

MAX_BODY = 1024 * 1024
HOUR_SECONDS = 3600.0
Work = Sequence[Coroutine[Any, Any, None]]
Gate = Callable[[ASGIApp], ASGIApp]
Start = Callable[[FastAPI, Parts, AsyncExitStack], Awaitable[Work]]


def service_app(
    settings: ServiceSettings,
    *,
    name: str,
    summary: str,
    routers: Sequence[APIRouter],
    telemetry: Telemetry,
    start: Start,
    gates: Sequence[Gate] = (),
    clock: Clock | None = None,
) -> FastAPI:
    """Join a service, or the half of it that `settings` name (docs/adr/0026).

    `start` is called with the open parts and returns the consumers and timers to run. `gates` see each request before
    its route is looked for, the last one first.
    """
    time_source, lag = clock or SystemClock(), Lag(telemetry)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            parts = await stack.enter_async_context(
                open_parts(settings, service=name, telemetry=telemetry, clock=time_source)
            )
            app.state.parts, app.state.verifier = parts, parts.verifier
            work = await start(app, parts, stack)
            shared: Work = [parts.relay().run(), _forgetting(parts)] if settings.consume else []
            await stack.enter_async_context(running([lag.watch(), *work, *shared]))
            yield

    app = FastAPI(title=f"Timbre {name}", summary=summary, version="1", lifespan=lifespan)
    app.state.drain = Drain()
    _surround(app, gates, telemetry)
    problems.install(app)
    describe_failures(app)
    # on a router and not on the app, whose own limit stands outside our middleware and answers without a document
    limited = APIRouter(max_body_size=MAX_BODY)
    for router in routers if settings.serve else ():
        limited.include_router(router)
    app.include_router(limited)
    app.include_router(health_router(telemetry, lambda: ready_checks(app), drain=app.state.drain))
    return app


def _surround(app: FastAPI, gates: Sequence[Gate], telemetry: Telemetry) -> None:
    """Add what stands around every request; the last added is the outermost."""
    for gate in gates:
        app.add_middleware(gate)
    app.add_middleware(Deadlines)
    app.add_middleware(RequestSurround, metrics=RequestMetrics(telemetry))


def ready_checks(app: FastAPI) -> Mapping[str, Check]:
    """Return what `/readyz` asks: the database, the broker, and what the service added in `app.state.checks`."""
    parts: Parts = app.state.parts

    async def broker() -> None:
        if not parts.connection.connected:
            raise ConnectionError("not connected")

    return {"database": parts.db.ping, "broker": broker, **getattr(app.state, "checks", {})}


def _forgetting(parts: Parts) -> Coroutine[Any, Any, None]:
    """Return the work that forgets what is kept for a day."""
    return in_rounds("forget", lambda: forget_old_keys(parts.db, parts.clock), rest=HOUR_SECONDS)
