"""The only place where services.sharing is put together."""

from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

from fastapi import FastAPI

from libs.bus.delivery import InTransaction
from libs.clock import Clock
from libs.events.content import ItemPublished, ProgrammeCreated
from libs.events.gateway import VisitsSeen
from libs.process.app import HOUR_SECONDS, Work, service_app
from libs.process.parts import Parts
from libs.process.rounds import in_rounds
from libs.storage.valkey import open_valkey
from libs.telemetry.metrics import Telemetry
from services.sharing.ambassadors.api import router as ambassadors
from services.sharing.clicks.api import router as clicks
from services.sharing.clicks.consumers import on_visits_seen
from services.sharing.clicks.keeper import ClickKeeper
from services.sharing.clicks.metrics import ClickMetrics
from services.sharing.cohorts.api import router as cohorts
from services.sharing.consents.api import router as consents
from services.sharing.links.api import LinkParts
from services.sharing.links.api import router as links
from services.sharing.links.keeper import LinkKeeper
from services.sharing.links.metrics import LinkMetrics
from services.sharing.links.projection import LinkProjection
from services.sharing.programmes.consumers import on_item_published, on_programme_created
from services.sharing.settings import Settings
from services.sharing.shares.api import router as shares
from services.sharing.shares.metrics import ShareMetrics
from services.sharing.teams.api import router as teams

MIGRATIONS = Path(__file__).parent / "migrations"
SECOND = 1.0
VISIT_EVENTS = 32  # in one transaction: the gateway puts up to 500 visits into each


def create_app(settings: Settings, *, clock: Clock | None = None) -> FastAPI:
    """Return the application; it connects when it starts."""
    telemetry = Telemetry("sharing")
    link_metrics, click_metrics = LinkMetrics(telemetry), ClickMetrics(telemetry)

    async def start(app: FastAPI, parts: Parts, stack: AsyncExitStack) -> Work:
        valkey = await stack.enter_async_context(open_valkey(settings.valkey_url.get_secret_value()))
        keeper = LinkKeeper(parts.db, LinkProjection(valkey))
        app.state.links = LinkParts(keeper, link_metrics, gateway_url=str(settings.gateway_url))
        if not settings.consume:
            return []
        forgetting = ClickKeeper(parts.db, clock=parts.clock, kept=timedelta(days=settings.click_days))
        return [
            *hear(parts, click_metrics),
            in_rounds("heal_links", keeper.heal, rest=SECOND),
            in_rounds("forget_clicks", forgetting.forget_old, rest=HOUR_SECONDS),
        ]

    app = service_app(
        settings,
        name="sharing",
        summary="Who says what, where.",
        routers=[teams, ambassadors, cohorts, consents, links, clicks, shares],
        telemetry=telemetry,
        start=start,
        clock=clock,
    )
    app.state.share_metrics, app.state.click_metrics = ShareMetrics(telemetry), click_metrics
    return app


def hear(parts: Parts, metrics: ClickMetrics) -> Work:
    """Return the consumers."""
    content = parts.in_transaction(
        "sharing--content", {ProgrammeCreated: on_programme_created, ItemPublished: on_item_published}
    )
    visits = InTransaction(parts.db, "sharing--gateway", {VisitsSeen: on_visits_seen(metrics)}, clock=parts.clock)
    return [content.run(), parts.consumer("sharing--gateway", visits, batch=VISIT_EVENTS).run()]
