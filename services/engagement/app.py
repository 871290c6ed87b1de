"""The only place where services.engagement is put together."""

from contextlib import AsyncExitStack
from pathlib import Path

from fastapi import FastAPI

from libs.bus.consumer import Consumer
from libs.bus.delivery import InTransaction
from libs.clock import Clock
from libs.events.content import ProgrammeCreated
from libs.events.intake import CountsAccepted, InteractionsAccepted
from libs.events.sharing import ConsentGiven, ConsentWithdrawn, SharePublished
from libs.process.app import HOUR_SECONDS, Work, service_app
from libs.process.parts import Parts
from libs.process.rounds import in_rounds
from libs.telemetry.metrics import Telemetry
from services.engagement.imports.api import router as imports
from services.engagement.intake import service as receipts
from services.engagement.intake.api import router as intake
from services.engagement.intake.metrics import DoorMetrics
from services.engagement.interactions.api import router as interactions
from services.engagement.interactions.consumers import on_interactions_accepted, settle_with
from services.engagement.interactions.metrics import InteractionMetrics
from services.engagement.settings import Settings
from services.engagement.shares import consumers as shares
from services.engagement.snapshots.api import router as snapshots
from services.engagement.snapshots.consumers import on_counts_accepted

MIGRATIONS = Path(__file__).parent / "migrations"
INTAKE_BATCH = 16  # messages of up to 1000 interactions each: what one transaction takes in, and memory holds


def create_app(settings: Settings, *, clock: Clock | None = None) -> FastAPI:
    """Return the application; it connects when it starts."""
    telemetry = Telemetry("engagement")
    doors, applied = DoorMetrics(telemetry), InteractionMetrics(telemetry)

    async def start(app: FastAPI, parts: Parts, _stack: AsyncExitStack) -> Work:
        app.state.door_metrics = doors
        if not settings.consume:
            return []
        forgetting = in_rounds("forget_receipts", lambda: _forget(parts), rest=HOUR_SECONDS)
        return [*(consumer.run() for consumer in consumers(parts, applied)), forgetting]

    return service_app(
        settings,
        name="engagement",
        summary="What comes back.",
        routers=[interactions, imports, intake, snapshots],
        telemetry=telemetry,
        start=start,
        clock=clock,
    )


def consumers(parts: Parts, metrics: InteractionMetrics) -> list[Consumer]:
    """Return the workers for what this service hears, and for what it has accepted itself."""
    intake_apply = InTransaction(
        parts.db,
        "engagement--intake",
        {InteractionsAccepted: on_interactions_accepted, CountsAccepted: on_counts_accepted},
        clock=parts.clock,
        settle=settle_with(metrics),
    )
    return [
        parts.in_transaction("engagement--content", {ProgrammeCreated: shares.on_programme_created}),
        parts.in_transaction(
            "engagement--sharing",
            {
                ConsentGiven: shares.on_consent_given,
                ConsentWithdrawn: shares.on_consent_withdrawn,
                SharePublished: shares.on_share_published,
            },
        ),
        parts.consumer("engagement--intake", intake_apply, batch=INTAKE_BATCH),
    ]


async def _forget(parts: Parts) -> None:
    """Forget receipts that nobody can ask for any more."""
    async with parts.db.transaction() as tx:
        await receipts.forget_old_receipts(tx, now=parts.clock.now())
