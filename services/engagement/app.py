"""The only place where services.engagement is put together."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

from fastapi import FastAPI

from libs.bus.consumer import Consumer
from libs.bus.consumers import Consumers
from libs.bus.delivery import InTransaction, One, Settle
from libs.clock import Clock
from libs.events.content import CampaignCreated, ProgrammeCreated
from libs.events.envelope import Event
from libs.events.intake import CountsAccepted, InteractionsAccepted, WebhookReceived, WithdrawalsAccepted
from libs.events.sharing import AmbassadorEnrolled, ClicksRecorded, ConsentGiven, ConsentWithdrawn, SharePublished
from libs.process.app import HOUR_SECONDS, Work, service_app
from libs.process.parts import Parts, subscription
from libs.process.rounds import in_rounds
from libs.storage.database import Transaction
from libs.telemetry.metrics import Telemetry
from services.engagement.clicks.consumers import on_clicks_recorded
from services.engagement.clicks.consumers import settle_with as click_with
from services.engagement.clicks.metrics import ClickMetrics
from services.engagement.conversations import consumers as talking
from services.engagement.conversations import service as conversing
from services.engagement.conversations.api import router as conversations
from services.engagement.conversations.domain import Plan
from services.engagement.conversations.keeper import ReminderKeeper
from services.engagement.conversations.metrics import ConversationMetrics
from services.engagement.conversions.api import router as conversions
from services.engagement.conversions.domain import ConversionSecrets
from services.engagement.exports.api import router as exports
from services.engagement.exports.metrics import ExportMetrics
from services.engagement.imports.api import router as imports
from services.engagement.imports.keeper import ImportKeeper
from services.engagement.imports.metrics import ImportMetrics
from services.engagement.intake import service as receipts
from services.engagement.intake.api import Gate, Pressure
from services.engagement.intake.metrics import DoorMetrics
from services.engagement.interactions import service as applying
from services.engagement.interactions.api import router as interactions
from services.engagement.interactions.consumers import on_interactions_accepted, settle_with
from services.engagement.interactions.metrics import InteractionMetrics
from services.engagement.measures import consumers as measured
from services.engagement.measures.api import router as measures
from services.engagement.quarantine import service as quarantined
from services.engagement.quarantine.api import router as quarantine
from services.engagement.quarantine.consumers import settle_with as retry_with
from services.engagement.quarantine.metrics import QuarantineMetrics
from services.engagement.quarantine.service import Appliers
from services.engagement.settings import Settings
from services.engagement.shares import consumers as shares
from services.engagement.snapshots import service as counting
from services.engagement.snapshots.api import router as snapshots
from services.engagement.snapshots.consumers import on_counts_accepted
from services.engagement.webhooks import service as delivered
from services.engagement.webhooks.api import router as webhooks
from services.engagement.webhooks.consumers import on_webhook_received
from services.engagement.webhooks.consumers import settle_with as read_with
from services.engagement.webhooks.metrics import WebhookMetrics
from services.engagement.withdrawals.api import router as withdrawals
from services.engagement.withdrawals.consumers import on_withdrawals_accepted
from services.engagement.withdrawals.consumers import settle_with as take_back_with

ROUTERS = (
    interactions,
    withdrawals,
    imports,
    quarantine,
    snapshots,
    measures,
    exports,
    conversations,
    webhooks,
    conversions,
)
RETRY_SECONDS = 60.0
REMIND_SECONDS = 60.0
IMPORT_REST_SECONDS = 0.5
MIGRATIONS = Path(__file__).parent / "migrations"
INTAKE_BATCH = 256  # messages; large ones are bounded by their bytes
INTAKE_BYTES = 1024 * 1024  # of them in one transaction: what two processes do then overlaps, and memory stays small


def create_app(settings: Settings, *, clock: Clock | None = None) -> FastAPI:
    """Return the application; it connects when it starts."""
    telemetry = Telemetry("engagement")
    doors, applied = DoorMetrics(telemetry), InteractionMetrics(telemetry)
    exported, retried = ExportMetrics(telemetry), QuarantineMetrics(telemetry)
    imported, talked = ImportMetrics(telemetry), ConversationMetrics(telemetry)
    noticed, clicked = WebhookMetrics(telemetry), ClickMetrics(telemetry)
    plan = plan_of(settings)

    async def start(app: FastAPI, parts: Parts, _stack: AsyncExitStack) -> Work:
        app.state.door_metrics = doors
        app.state.export_metrics = exported
        app.state.appliers = appliers_of(parts)
        app.state.reminders = plan
        sign_with(app, settings, noticed)
        app.state.pressure = pressure = pressure_of(parts, settings, doors)
        watching = [pressure.watch(subscription("engagement--intake"))] if settings.serve else []
        if not settings.consume:
            return watching
        reminders = ReminderKeeper(parts.db, parts.clock, talked, default=plan)
        return [
            *(one.run() for one in hearing(parts, settle_with_all(parts, applied), retried, clicked)),
            intake(parts, settle_with_all(parts, applied), noticed, partitions=settings.partitions).run(),
            taking_back(parts, applied).run(),
            *watching,
            *rounds(parts, retried, ImportKeeper(parts.db, parts.clock, imported), reminders),
        ]

    return service_app(
        settings,
        name="engagement",
        summary="What comes back.",
        routers=ROUTERS,
        telemetry=telemetry,
        start=start,
        gates=[Gate] if settings.serve else [],
        clock=clock,
    )


def plan_of(settings: Settings) -> Plan:
    """Return when people are reminded where their programme has chosen nothing."""
    return Plan(
        after_hours=settings.remind_after_hours, quiet_from=settings.quiet_from, quiet_until=settings.quiet_until
    )


def rounds(parts: Parts, retried: QuarantineMetrics, importing: ImportKeeper, reminders: ReminderKeeper) -> Work:
    """Return the work that comes round."""
    return [
        in_rounds("retry_quarantined", lambda: _retry(parts, retried), rest=RETRY_SECONDS),
        in_rounds("forget_receipts", lambda: _forget(parts), rest=HOUR_SECONDS),
        in_rounds("work_imports", importing.work, rest=IMPORT_REST_SECONDS),
        in_rounds("forget_imports", importing.forget, rest=HOUR_SECONDS),
        in_rounds("remind", reminders.work, rest=REMIND_SECONDS),
    ]


def pressure_of(parts: Parts, settings: Settings, metrics: DoorMetrics) -> Pressure:
    """Return what lets requests in at this process's doors."""
    return Pressure(
        parts.connection,
        metrics,
        requests=settings.door_requests,
        size=settings.door_bytes,
        queue=settings.door_queue,
        backlog=settings.door_backlog,
    )


def sign_with(app: FastAPI, settings: Settings, metrics: WebhookMetrics) -> None:
    """Leave with the app what signed requests are verified with."""
    app.state.webhook_secrets = settings.webhook_secrets()
    app.state.webhook_metrics = metrics
    app.state.conversion_secrets = ConversionSecrets(settings.person_key.get_secret_value())


def settle_with_all(parts: Parts, metrics: InteractionMetrics) -> Settle:
    """Return what applies accepted interactions, with all that follows from them."""
    return settle_with(metrics, parts.person_keys, follow=conversing.follow)


def intake(parts: Parts, applying: Settle, noticed: WebhookMetrics, *, partitions: int) -> Consumer | Consumers:
    """Return the workers for what this service has accepted itself."""
    apply = InTransaction(
        parts.db,
        "engagement--intake",
        {
            InteractionsAccepted: on_interactions_accepted,
            CountsAccepted: on_counts_accepted,
            WebhookReceived: on_webhook_received,
        },
        clock=parts.clock,
        settle=read_with(applying, noticed, parts.person_keys),
    )
    return parts.consumer(
        "engagement--intake", apply, batch=INTAKE_BATCH, most_bytes=INTAKE_BYTES, partitions=partitions
    )


def taking_back(parts: Parts, metrics: InteractionMetrics) -> Consumer | Consumers:
    """Return the worker for what was taken back."""
    return parts.in_transaction(
        "withdrawals--intake",
        {WithdrawalsAccepted: on_withdrawals_accepted},
        settle=take_back_with(metrics, unfollow=conversing.unfollow),
    )


def hearing(
    parts: Parts, applying: Settle, retried: QuarantineMetrics, clicked: ClickMetrics
) -> list[Consumer | Consumers]:
    """Return the workers for what other services tell."""
    retrying = retry_with(appliers_of(parts), retried, parts.clock)
    return [
        parts.in_transaction(
            "engagement--content",
            {
                ProgrammeCreated: in_turn(shares.on_programme_created, measured.on_programme_created),
                CampaignCreated: measured.on_campaign_created,
            },
        ),
        parts.in_transaction(
            "engagement--sharing",
            {
                ConsentGiven: shares.on_consent_given,
                ConsentWithdrawn: shares.on_consent_withdrawn,
                SharePublished: in_turn(shares.on_share_published, measured.on_share_published),
                AmbassadorEnrolled: in_turn(measured.on_ambassador_enrolled, talking.on_ambassador_enrolled),
                ClicksRecorded: on_clicks_recorded,
            },
            # shares first: whoever looks for one keeps others from telling of new ones
            settle=in_order(retrying, click_with(applying, clicked)),
        ),
    ]


def in_turn(*handlers: One) -> One:
    """Return one handler for an event that several nouns hear."""

    async def handle(tx: Transaction, event: Event) -> None:
        for handler in handlers:
            await handler(tx, event)

    return handle


def in_order(*settles: Settle) -> Settle:
    """Return one end of a transaction out of several."""

    async def settle(tx: Transaction, events: Sequence[Event]) -> None:
        for one in settles:
            await one(tx, events)

    return settle


def appliers_of(parts: Parts) -> Appliers:
    """Return what tries each kind of quarantined item again."""
    return {
        "interaction": partial(applying.apply_waiting, people=parts.person_keys, follow=conversing.follow),
        "count": counting.apply_again,
        "webhook": delivered.apply_again,
    }


async def _retry(parts: Parts, metrics: QuarantineMetrics) -> None:
    """Try again what could not be tried with its share: what was too much for one transaction."""
    async with parts.db.transaction() as tx:
        metrics.tried(await quarantined.retry_found(tx, appliers_of(parts), now=parts.clock.now()))
        metrics.waiting({one.reason: one.count for one in await quarantined.reasons(tx, None)})


async def _forget(parts: Parts) -> None:
    """Forget receipts that nobody can ask for any more."""
    async with parts.db.transaction() as tx:
        await receipts.forget_old_receipts(tx, now=parts.clock.now())
        await quarantined.forget_applied(tx, now=parts.clock.now())
        await delivered.forget_old(tx, now=parts.clock.now())
