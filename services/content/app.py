"""The only place where services.content is put together."""

from contextlib import AsyncExitStack
from pathlib import Path

from fastapi import FastAPI

from libs.clock import Clock
from libs.process.app import Work, service_app
from libs.process.parts import Parts
from libs.telemetry.metrics import Telemetry
from services.content.campaigns.api import router as campaigns
from services.content.items.api import router as items
from services.content.programmes.api import router as programmes
from services.content.settings import Settings

MIGRATIONS = Path(__file__).parent / "migrations"


def create_app(settings: Settings, *, clock: Clock | None = None) -> FastAPI:
    """Return the application; it connects when it starts."""

    async def start(_app: FastAPI, _parts: Parts, _stack: AsyncExitStack) -> Work:
        return []  # it hears nothing

    return service_app(
        settings,
        name="content",
        summary="What there is to speak about.",
        routers=[programmes, campaigns, items],
        telemetry=Telemetry("content"),
        start=start,
        clock=clock,
    )
