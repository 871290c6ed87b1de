"""The only place where services.gamification is put together."""

from contextlib import AsyncExitStack
from pathlib import Path

from fastapi import FastAPI

from libs.bus.delivery import Idempotent
from libs.clock import Clock, new_id
from libs.events.content import ProgrammeCreated
from libs.events.engagement import CountsReported, InteractionsRecorded
from libs.events.sharing import AmbassadorEnrolled, SharePublished
from libs.process.app import Work, service_app
from libs.process.parts import Parts
from libs.storage.valkey import open_valkey
from libs.telemetry.metrics import Telemetry
from services.gamification.boards.api import router as boards
from services.gamification.boards.consumers import on_points_awarded, on_programme_created
from services.gamification.boards.metrics import BoardMetrics
from services.gamification.boards.projection import Projection
from services.gamification.boards.service import BoardKeeper
from services.gamification.evidence.consumers import (
    on_counts_reported,
    on_interactions_recorded,
    on_share_published,
)
from services.gamification.ledger.api import router as ledger
from services.gamification.ledger.metrics import LedgerMetrics
from services.gamification.ledger.service import Settlement
from services.gamification.members.consumers import on_ambassador_enrolled
from services.gamification.rules.api import router as rules
from services.gamification.rules.service import ensure_first_version
from services.gamification.settings import Settings

MIGRATIONS = Path(__file__).parent / "migrations"


def create_app(settings: Settings, *, clock: Clock | None = None) -> FastAPI:
    """Return the application; it connects when it starts."""
    telemetry = Telemetry("gamification")
    ledger_metrics, board_metrics = LedgerMetrics(telemetry), BoardMetrics(telemetry)

    async def start(app: FastAPI, parts: Parts, stack: AsyncExitStack) -> Work:
        valkey = await stack.enter_async_context(open_valkey(settings.valkey_url.get_secret_value()))
        keeper = BoardKeeper(parts.db, Projection(valkey), board_metrics, clock=parts.clock)
        async with parts.db.transaction() as tx:
            await ensure_first_version(tx, now=parts.clock.now())
        app.state.keeper = keeper
        return hear(parts, keeper, Settlement(parts.clock, ledger_metrics, new_id=new_id)) if settings.consume else []

    return service_app(
        settings,
        name="gamification",
        summary="What a share is worth, and why.",
        routers=[ledger, rules, boards],
        telemetry=telemetry,
        start=start,
        clock=clock,
    )


def hear(parts: Parts, keeper: BoardKeeper, settlement: Settlement) -> Work:
    """Return the consumers, and the timer that heals the boards."""
    return [
        parts.in_transaction(
            "gamification--content", {ProgrammeCreated: on_programme_created}, settle=settlement
        ).run(),
        parts.in_transaction(
            "gamification--sharing",
            {AmbassadorEnrolled: on_ambassador_enrolled, SharePublished: on_share_published},
            settle=settlement,
        ).run(),
        parts.in_transaction(
            "gamification--engagement",
            {InteractionsRecorded: on_interactions_recorded, CountsReported: on_counts_reported},
            settle=settlement,
        ).run(),
        parts.consumer("boards--gamification", Idempotent(on_points_awarded(keeper))).run(),
        keeper.heal_forever(),
    ]
