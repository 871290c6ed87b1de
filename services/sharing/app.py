"""The only place where services.sharing is put together."""

from contextlib import AsyncExitStack
from pathlib import Path

from fastapi import FastAPI

from libs.clock import Clock
from libs.events.content import ItemPublished, ProgrammeCreated
from libs.process.app import Work, service_app
from libs.process.parts import Parts
from libs.telemetry.metrics import Telemetry
from services.sharing.ambassadors.api import router as ambassadors
from services.sharing.cohorts.api import router as cohorts
from services.sharing.consents.api import router as consents
from services.sharing.programmes.consumers import on_item_published, on_programme_created
from services.sharing.settings import Settings
from services.sharing.shares.api import router as shares
from services.sharing.shares.metrics import ShareMetrics
from services.sharing.teams.api import router as teams

MIGRATIONS = Path(__file__).parent / "migrations"


def create_app(settings: Settings, *, clock: Clock | None = None) -> FastAPI:
    """Return the application; it connects when it starts."""
    telemetry = Telemetry("sharing")

    async def start(_app: FastAPI, parts: Parts, _stack: AsyncExitStack) -> Work:
        if not settings.consume:
            return []
        hears = parts.in_transaction(
            "sharing--content", {ProgrammeCreated: on_programme_created, ItemPublished: on_item_published}
        )
        return [hears.run()]

    app = service_app(
        settings,
        name="sharing",
        summary="Who says what, where.",
        routers=[teams, ambassadors, cohorts, consents, shares],
        telemetry=telemetry,
        start=start,
        clock=clock,
    )
    app.state.share_metrics = ShareMetrics(telemetry)
    return app
