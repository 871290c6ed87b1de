"""The only place where services.content is put together."""

from contextlib import AsyncExitStack
from pathlib import Path

from fastapi import FastAPI

from libs.clock import Clock
from libs.events.sharing import AmbassadorEnrolled
from libs.process.app import Work, service_app
from libs.process.parts import Parts
from libs.process.rounds import in_rounds
from libs.telemetry.metrics import Telemetry
from services.content.ambassadors.consumers import on_ambassador_enrolled
from services.content.campaigns.api import router as campaigns
from services.content.items.api import router as items
from services.content.keys.api import router as keys
from services.content.keys.keeper import KeyKeeper
from services.content.programmes.api import router as programmes
from services.content.proposals.api import router as proposals
from services.content.proposals.metrics import ProposalMetrics
from services.content.settings import Settings

KEYS_REST_SECONDS = 5.0
MIGRATIONS = Path(__file__).parent / "migrations"


def create_app(settings: Settings, *, clock: Clock | None = None) -> FastAPI:
    """Return the application; it connects when it starts."""
    telemetry = Telemetry("content")

    async def start(_app: FastAPI, parts: Parts, _stack: AsyncExitStack) -> Work:
        if not settings.consume:
            return []
        keeper = KeyKeeper(parts.db, parts.connection)
        return [
            parts.in_transaction("content--sharing", {AmbassadorEnrolled: on_ambassador_enrolled}).run(),
            keeper.told.run(),
            keeper.uses.run(),
            in_rounds("keep_api_keys", keeper.work, rest=KEYS_REST_SECONDS),
        ]

    app = service_app(
        settings,
        name="content",
        summary="What there is to speak about.",
        routers=[programmes, campaigns, items, proposals, keys],
        telemetry=telemetry,
        start=start,
        clock=clock,
    )
    app.state.proposal_metrics = ProposalMetrics(telemetry)
    return app
