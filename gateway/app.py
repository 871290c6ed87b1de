"""The only place where the gateway is put together."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import get_args

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.types import Receive, Scope, Send

from gateway.boards.directory import Directory
from gateway.boards.endpoint import Boards
from gateway.boards.held import Patience
from gateway.boards.reads import Reads
from gateway.boards.snapshots import Snapshots
from gateway.boards.standings import Standings
from gateway.compression import Compression
from gateway.door import Door
from gateway.key_uses import KeyUses
from gateway.limits.addresses import client_of
from gateway.limits.limits import Limits
from gateway.limits.places import Places
from gateway.links.door import PATH, LinkDoor
from gateway.links.metrics import LinkMetrics
from gateway.links.pages import router as links
from gateway.links.short_way import LinkWay
from gateway.links.targets import Targets
from gateway.links.visitors import VisitorKeys
from gateway.links.visits import open_visits
from gateway.live.endpoint import Live
from gateway.live.metrics import LiveMetrics
from gateway.live.source import Source
from gateway.metrics import Metrics
from gateway.names import Names
from gateway.openapi.document import Documents, router
from gateway.openapi.pages import pages
from gateway.operations import OperationsPort
from gateway.parts import Parts
from gateway.paths import RouteTable
from gateway.proxy.upstream import open_upstream
from gateway.routes import ROUTES, Method, Route
from gateway.security import SecurityHeaders
from gateway.settings import Settings
from gateway.short_way import ShortWay
from libs.auth.person_keys import PersonKeys
from libs.auth.tokens import Verifier
from libs.bus.connection import Connection, open_connection
from libs.bus.publish import Publisher
from libs.clock import Clock, SystemClock, new_id
from libs.process.identity import open_verifier
from libs.process.tasks import running
from libs.storage.pipelined import Pipelined, open_pipelined
from libs.telemetry.metrics import Telemetry
from libs.web import problems
from libs.web.drain import Drain
from libs.web.health import Check, health_router
from libs.web.request import RequestMetrics, RequestSurround

# what scripts of allowed origins may use, send and read; never cookies: a token is sent on purpose or not at all
METHODS = get_args(Method)
REQUEST_HEADERS = [
    "Authorization", "Content-Type", "Idempotency-Key", "If-None-Match", "Last-Event-ID", "X-Request-Id", "traceparent",
    "tracestate",
]  # fmt: skip
ANSWER_HEADERS = [
    "ETag", "Idempotency-Replayed", "RateLimit", "RateLimit-Policy", "Retry-After", "WWW-Authenticate", "X-Request-Id",
]  # fmt: skip
SUMMARY = "Points for employee advocacy that follow real interactions and a person's own words."


class Gateway(FastAPI):
    """The application, with the door of links in front of all that surrounds other requests."""

    link_door: LinkDoor
    trusted_proxies = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        if self.trusted_proxies and scope["type"] == "http":
            scope["client"] = client_of(scope, trusted_proxies=self.trusted_proxies)
        if scope["type"] == "http" and scope["path"].startswith(PATH) and await self.link_door.send_on(scope, send):
            return
        await super().__call__(scope, receive, send)


def create_app(settings: Settings, *, clock: Clock | None = None, routes: Sequence[Route] = ROUTES) -> FastAPI:
    """Return the application that serves `routes`; it connects when it starts."""
    telemetry = Telemetry("gateway")
    metrics, live_metrics, requests = Metrics(telemetry), LiveMetrics(telemetry), RequestMetrics(telemetry)
    link_metrics = LinkMetrics(telemetry)

    @asynccontextmanager
    async def lifespan(app: Gateway) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            parts = await _open(stack, settings, telemetry, metrics, live_metrics, clock or SystemClock(), routes)
            app.state.parts = parts
            app.state.documents = Documents(app, parts.upstreams, routes)
            app.state.short_way = ShortWay(
                parts.boards,
                parts.verifier,
                metrics,
                requests,
                parts.limits,
                routes,
                clock=clock or SystemClock(),
                cross_origin=bool(settings.allowed_origins),
            )
            await _open_links(stack, app, parts, link_metrics, clock or SystemClock())
            await stack.enter_async_context(running([parts.names.run()]))
            await stack.enter_async_context(parts.live.running(parts.connection, app.state.drain))
            yield

    app = Gateway(
        title="Timbre", summary=SUMMARY, version="1", lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None
    )
    app.trusted_proxies = settings.trusted_proxies
    app.state.drain = Drain()
    _surround(app, settings, requests)
    problems.install(app)
    app.include_router(router(app))
    app.include_router(pages())
    app.include_router(links)
    app.include_router(health_router(telemetry, lambda: ready_checks(app), drain=app.state.drain))
    return app


def _surround(app: FastAPI, settings: Settings, requests: RequestMetrics) -> None:
    """Add what stands around every request; the last added is the outermost."""
    app.add_middleware(Door)
    if settings.allowed_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.allowed_origins,
            allow_methods=METHODS,
            allow_headers=REQUEST_HEADERS,
            expose_headers=ANSWER_HEADERS,
            max_age=600,
        )
    app.add_middleware(Compression)
    app.add_middleware(OperationsPort, port=settings.operations_port)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(RequestSurround, metrics=requests)


async def _open_links(stack: AsyncExitStack, app: Gateway, parts: Parts, metrics: LinkMetrics, clock: Clock) -> None:
    publisher = Publisher(parts.connection)
    visits = await stack.enter_async_context(
        open_visits(publisher, parts.visitor_keys, metrics, clock=clock, new_id=new_id)
    )
    targets = Targets(parts.pipelined)
    app.link_door = LinkDoor(targets, visits, metrics, parts.limits)
    app.state.link_way = LinkWay(targets, visits, parts.limits, trusted_proxies=app.trusted_proxies)


async def _open(
    stack: AsyncExitStack,
    settings: Settings,
    telemetry: Telemetry,
    metrics: Metrics,
    live_metrics: LiveMetrics,
    clock: Clock,
    routes: Sequence[Route],
) -> Parts:
    pipelined = await stack.enter_async_context(open_pipelined(settings.valkey_url.get_secret_value()))
    connection = await stack.enter_async_context(open_connection(settings.nats_url.get_secret_value(), name="gateway"))
    person_keys = PersonKeys(settings.person_key.get_secret_value())
    names = Names(connection)
    metrics.names(lambda: len(names))
    boards = _boards(settings, pipelined, names, metrics, clock, person_keys)
    metrics.watch(snapshot_bytes=lambda: boards.snapshots.bytes, pending=lambda: pipelined.pending)
    live = Live(Source(boards.standings, boards, pipelined, names, clock=clock), live_metrics, settings)
    names.renamed.append(live.watching.renamed)
    return Parts(
        table=RouteTable(routes),
        verifier=await _verifier(stack, settings, telemetry, connection, clock),
        upstreams={
            service: await stack.enter_async_context(
                open_upstream(service, url, connections=settings.connections, metrics=metrics)
            )
            for service, url in settings.service_urls().items()
        },
        limits=_limits(settings, pipelined, metrics, person_keys),
        places=Places(settings.places, metrics),
        names=names,
        boards=boards,
        live=live,
        visitor_keys=VisitorKeys(person_keys, clock=clock),
        connection=connection,
        pipelined=pipelined,
        metrics=metrics,
        body_limit=settings.body_limit,
    )


async def _verifier(
    stack: AsyncExitStack, settings: Settings, telemetry: Telemetry, connection: Connection, clock: Clock
) -> Verifier:
    """Return what judges tokens and API keys, telling on which days keys are used."""
    uses = KeyUses(connection, clock)
    await stack.enter_async_context(running([uses.run()]))
    return await stack.enter_async_context(open_verifier(settings, connection, telemetry, clock=clock, used=uses.used))


def _boards(
    settings: Settings, valkey: Pipelined, names: Names, metrics: Metrics, clock: Clock, person_keys: PersonKeys
) -> Boards:
    standings = Standings(valkey)
    patience = Patience(window=settings.snapshot_window, outage=settings.snapshot_outage)
    directory = Directory(standings, patience)
    snapshots = Snapshots(
        standings,
        directory,
        names,
        metrics,
        clock=clock,
        patience=patience,
        most_bytes=settings.snapshot_bytes,
    )
    reads = Reads(standings, names, clock=clock, person_keys=person_keys)
    return Boards(standings, directory, snapshots, reads, metrics)


def _limits(settings: Settings, valkey: Pipelined, metrics: Metrics, person_keys: PersonKeys) -> Limits:
    return Limits(
        valkey,
        metrics,
        person_keys,
        given=settings.limits,
        patience=settings.limits_seconds,
    )


def ready_checks(app: FastAPI) -> Mapping[str, Check]:
    """Return what `/readyz` asks. Not the services: boards and the others' routes go on when one of them is down."""
    parts: Parts = app.state.parts

    async def valkey() -> None:
        await parts.pipelined.ping()

    async def broker() -> None:
        if not parts.connection.connected:
            raise ConnectionError("not connected")

    return {"valkey": valkey, "broker": broker}
