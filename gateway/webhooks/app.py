"""The only place where gateway.webhooks is put together."""

from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from random import SystemRandom

from fastapi import FastAPI

from gateway.webhooks.deliveries import service as deliveries
from gateway.webhooks.deliveries.api import MOST_TESTS, Tests
from gateway.webhooks.deliveries.api import router as delivery_routes
from gateway.webhooks.deliveries.consumers import Recorder
from gateway.webhooks.deliveries.domain import Bounds
from gateway.webhooks.deliveries.domain.turns import Capacity
from gateway.webhooks.deliveries.keeper.replaying import Replayer
from gateway.webhooks.deliveries.keeper.sending import Dispatcher, Means
from gateway.webhooks.deliveries.metrics import DeliveryMetrics
from gateway.webhooks.endpoints.addresses import Rules
from gateway.webhooks.endpoints.network import SystemResolver
from gateway.webhooks.endpoints.sender import Sender
from gateway.webhooks.settings import Settings, keys_in
from gateway.webhooks.subscriptions import service as subscriptions
from gateway.webhooks.subscriptions.api import router as webhook_routes
from gateway.webhooks.subscriptions.domain.sealing import Sealer
from libs.clock import Clock, new_id
from libs.process.app import HOUR_SECONDS, Work, service_app
from libs.process.parts import Parts
from libs.process.rounds import in_rounds
from libs.telemetry.logs import logger
from libs.telemetry.metrics import Telemetry

log = logger(__name__)

MIGRATIONS = Path(__file__).parent / "migrations"
HEARD = (
    "webhooks--content",
    "webhooks--sharing",
    "webhooks--engagement",
    "webhooks--gamification",
    "webhooks--webhooks",
)
REPLAY_SECONDS = 0.5
LOOK_SECONDS = 10.0


def create_app(settings: Settings, *, clock: Clock | None = None) -> FastAPI:
    """Return the application; it connects when it starts."""
    telemetry = Telemetry("webhooks")
    metrics = DeliveryMetrics(telemetry)
    bounds = Bounds(
        backlog=settings.backlog, patience=settings.patience, kept=timedelta(days=settings.kept_days)
    )  # fmt: skip

    async def start(app: FastAPI, parts: Parts, stack: AsyncExitStack) -> Work:
        sealer = Sealer(keys_in(settings.secret_key))
        await seal_anew(parts, sealer)
        app.state.sealer, app.state.tests = sealer, Tests()
        app.state.sender = sender = sender_of(settings, stack)
        means = Means(
            db=parts.db, sender=sender, sealer=sealer, clock=parts.clock, metrics=metrics, chance=SystemRandom()
        )
        capacity = Capacity(total=settings.sending, each=settings.sending_each)
        app.state.dispatcher = dispatcher = Dispatcher(means, capacity=capacity, bounds=bounds)
        if not settings.consume:
            return []
        stack.push_async_callback(dispatcher.drain)
        return [
            *hear(parts, dispatcher, bounds),
            dispatcher.run(),
            in_rounds("replay", replayer_of(parts, dispatcher, bounds, metrics).work, rest=REPLAY_SECONDS),
            in_rounds("forget_deliveries", lambda: forget(parts, bounds), rest=HOUR_SECONDS),
            in_rounds("watch_deliveries", lambda: watch(parts, metrics), rest=LOOK_SECONDS),
        ]

    return service_app(
        settings,
        name="webhooks",
        summary="What company systems hear.",
        routers=[webhook_routes, delivery_routes],
        telemetry=telemetry,
        start=start,
        clock=clock,
    )


def sender_of(settings: Settings, stack: AsyncExitStack) -> Sender:
    """Return what speaks to endpoints; its threads end with the stack."""
    resolver = SystemResolver(settings.sending + MOST_TESTS)
    stack.callback(resolver.close)
    return Sender(
        Rules(tuple(settings.allowed_networks), frozenset(settings.ports)),
        resolver,
        connect_seconds=settings.connect_seconds,
        total_seconds=settings.attempt_seconds,
        ca_file=settings.ca_file,
    )


def hear(parts: Parts, dispatcher: Dispatcher, bounds: Bounds) -> Work:
    """Return the consumers of all that is told in public."""
    return [
        parts.consumer(
            name,
            Recorder(parts.db, name, bounds=bounds, clock=parts.clock, new_id=new_id, queued=dispatcher.wake),
        ).run()
        for name in HEARD
    ]


def replayer_of(parts: Parts, dispatcher: Dispatcher, bounds: Bounds, metrics: DeliveryMetrics) -> Replayer:
    """Return what works on replays."""
    return Replayer(
        parts.db,
        parts.connection,
        metrics,
        bounds=bounds,
        clock=parts.clock,
        new_id=new_id,
        queued=dispatcher.wake,
    )


async def seal_anew(parts: Parts, sealer: Sealer) -> None:
    """Bring every secret under the newest key. Raises SecretUnreadable: no process starts that could not sign."""
    async with parts.db.transaction() as tx:
        changed = await subscriptions.seal_anew(tx, sealer)
    if changed:
        log.info("secrets_sealed_anew", secrets=changed)


async def forget(parts: Parts, bounds: Bounds) -> None:
    """Forget what is kept no longer, some thousands in each transaction."""
    async with parts.db.transaction() as tx:
        await subscriptions.forget_ended(tx, now=parts.clock.now())
    more = True
    while more:
        async with parts.db.transaction() as tx:
            more = await deliveries.forget(tx, bounds=bounds, now=parts.clock.now())


async def watch(parts: Parts, metrics: DeliveryMetrics) -> None:
    """Look at how much waits."""
    now = parts.clock.now()
    async with parts.db.transaction() as tx:
        waiting, oldest = await deliveries.backlog(tx, now=now)
    metrics.backlog(waiting, (now - oldest).total_seconds() if oldest else 0.0)
