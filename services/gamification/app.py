"""The only place where services.gamification is put together."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path

from fastapi import FastAPI

from libs.bus.delivery import Handler, Idempotent, InTransaction, Together
from libs.bus.hints import Hints
from libs.clock import Clock, SystemClock, new_id
from libs.events.content import CampaignCreated, ProgrammeCreated, ProposalApproved
from libs.events.engagement import CountsReported, InteractionsRecorded, InteractionsWithdrawn
from libs.events.envelope import Event
from libs.events.gamification import (
    PointsHeld,
    PointsReleased,
    RedemptionChanged,
    RewardRedeemed,
    RulesActivated,
    RulesReversed,
    SeasonPlanned,
    VisibilitySet,
)
from libs.events.hints import BOARDS
from libs.events.sharing import AmbassadorEnrolled, CohortFormed, SharePublished, TeamCreated
from libs.process.app import HOUR_SECONDS, Work, service_app
from libs.process.parts import Parts, open_parts
from libs.process.rounds import in_rounds
from libs.storage.database import Transaction
from libs.storage.valkey import Valkey, open_valkey
from libs.telemetry.metrics import Telemetry
from services.gamification.badges.api import router as badges
from services.gamification.badges.metrics import BadgeMetrics
from services.gamification.badges.service import settle_badges
from services.gamification.boards.api import router as boards
from services.gamification.boards.consumers import (
    in_turn,
    on_ambassador_enrolled,
    on_campaign_created,
    on_cohort_formed,
    on_points_awarded,
    on_programme_created,
    on_team_created,
    on_visibility_set,
)
from services.gamification.boards.consumers import on_season_planned as show_seasons
from services.gamification.boards.keeper import BoardKeeper
from services.gamification.boards.metrics import BoardMetrics
from services.gamification.boards.projection import Projection
from services.gamification.boards.service import mark_due, remember_choice
from services.gamification.challenges.api import router as challenges
from services.gamification.challenges.service import settle_challenges
from services.gamification.counters.service import recount
from services.gamification.evidence.consumers import (
    on_counts_reported,
    on_interactions_recorded,
    on_interactions_withdrawn,
    on_proposal_approved,
    on_share_published,
)
from services.gamification.evidence.domain import Stretch
from services.gamification.integrity.api import router as integrity
from services.gamification.integrity.consumers import on_points_held, on_points_released
from services.gamification.integrity.metrics import IntegrityMetrics
from services.gamification.integrity.service import Inspector
from services.gamification.ledger.api import router as ledger
from services.gamification.ledger.metrics import LedgerMetrics
from services.gamification.ledger.service import Follower, Paid, Settlement
from services.gamification.levels.api import router as levels
from services.gamification.levels.service import settle_levels
from services.gamification.recognition.api import router as recognition
from services.gamification.replays.api import router as replays
from services.gamification.replays.domain import Proof
from services.gamification.replays.service import Corrections
from services.gamification.replays.service.from_log import LogReplay
from services.gamification.replays.service.simulations import Simulations
from services.gamification.rewards.api import router as rewards
from services.gamification.rewards.consumers import on_redemption_changed, on_reward_redeemed
from services.gamification.rules.api import router as rules
from services.gamification.rules.consumers import on_rules_activated, on_rules_reversed
from services.gamification.rules.service import ensure_first_version
from services.gamification.seasons.api import router as seasons
from services.gamification.seasons.consumers import on_season_planned
from services.gamification.seasons.service import SeasonCloser
from services.gamification.settings import Settings
from services.gamification.streaks.api import router as streaks
from services.gamification.streaks.service import settle_streaks

MIGRATIONS = Path(__file__).parent / "migrations"
SECOND = 1.0
EVIDENCE_BYTES = 2 * 1024 * 1024  # at once, some 7,000 interactions: what a transaction holds in memory is a multiple
ROUTERS = (
    ledger,
    rules,
    levels,
    badges,
    streaks,
    challenges,
    replays,
    boards,
    seasons,
    rewards,
    recognition,
    integrity,
)
HEARD: dict[str, dict[type[Event], Handler]] = {
    "gamification--content": {
        ProgrammeCreated: on_programme_created,
        CampaignCreated: on_campaign_created,
        ProposalApproved: on_proposal_approved,
    },
    "gamification--sharing": {
        TeamCreated: on_team_created,
        AmbassadorEnrolled: on_ambassador_enrolled,
        CohortFormed: on_cohort_formed,
        SharePublished: Together(on_share_published),
    },
    "gamification--engagement": {
        InteractionsRecorded: Together(on_interactions_recorded),
        InteractionsWithdrawn: Together(on_interactions_withdrawn),
        CountsReported: Together(on_counts_reported),
    },
}
HEARD_FIRST: dict[str, dict[type[Event], Handler]] = {
    "replay--gamification": {
        RulesActivated: on_rules_activated,
        RulesReversed: on_rules_reversed,
        SeasonPlanned: on_season_planned,
        PointsHeld: on_points_held,
        PointsReleased: on_points_released,
        RewardRedeemed: on_reward_redeemed,
        RedemptionChanged: on_redemption_changed,
        VisibilitySet: remember_choice,
    }
}


def create_app(settings: Settings, *, clock: Clock | None = None) -> FastAPI:
    """Return the application; it connects when it starts."""
    telemetry = Telemetry("gamification")
    ledger_metrics, board_metrics = LedgerMetrics(telemetry), BoardMetrics(telemetry)
    badge_metrics, integrity_metrics = BadgeMetrics(telemetry), IntegrityMetrics(telemetry)

    async def start(app: FastAPI, parts: Parts, stack: AsyncExitStack) -> Work:
        valkey = await stack.enter_async_context(open_valkey(settings.valkey_url.get_secret_value()))
        hints = Hints(parts.connection, BOARDS, parts.bus_metrics)
        keeper = BoardKeeper(parts.db, projection_of(valkey, hints), board_metrics, clock=parts.clock)
        async with parts.db.transaction() as tx:
            await ensure_first_version(tx, now=parts.clock.now())
        settlement = Settlement(parts.clock, ledger_metrics, new_id=new_id, followers=[play(badge_metrics)])
        inspector = Inspector(parts.db, settlement, integrity_metrics, clock=parts.clock)
        closer = SeasonCloser(parts.db, clock=parts.clock, grace=timedelta(hours=settings.season_grace_hours))
        app.state.closer = closer
        app.state.keeper, app.state.settlement, app.state.inspector = keeper, settlement, inspector
        if not settings.consume:  # it shows people's choices all the same
            return [hints.run()]
        corrections, simulations = Corrections(parts.db, settlement, parts.clock), Simulations(parts.db, parts.clock)
        return [
            *hear(parts, keeper, settlement, partitions=settings.partitions),
            hints.run(),
            in_rounds("heal_boards", keeper.heal, rest=SECOND),
            in_rounds("book_corrections", corrections.book, rest=SECOND),
            in_rounds("simulate", simulations.work, rest=SECOND),
            in_rounds("forget_simulations", simulations.forget_old, rest=HOUR_SECONDS),
            in_rounds("close_seasons", closer.close_due, rest=60 * SECOND),
            in_rounds("inspect", inspector.inspect_due, rest=600 * SECOND),
        ]

    return service_app(
        settings,
        name="gamification",
        summary="What a share is worth, and why.",
        routers=ROUTERS,
        telemetry=telemetry,
        start=start,
        clock=clock,
    )


def projection_of(valkey: Valkey, hints: Hints) -> Projection:
    """Return the projection that hints what it has changed."""
    return Projection(valkey, changed=lambda hint: hints.give(hint.text()))


def play(metrics: BadgeMetrics) -> Follower:
    """Return what follows each settlement: counters, then all that lives on them."""

    async def follow(tx: Transaction, stretches: Sequence[Stretch], paid: Paid, now: datetime) -> None:
        recounted = await recount(tx, stretches)
        counted = recounted.days
        await settle_levels(tx, paid, now=now)
        longer = await settle_streaks(tx, [one for one in counted if one.active], now=now)
        whose = {one.ambassador_id: one.programme_id for one in counted}
        moved = {who: whose[who] for who in (*recounted.moved, *longer)}
        changes = await settle_badges(tx, moved | paid, now=now)
        metrics.changed(earned=len(changes.earned), revoked=len(changes.revoked))
        await settle_challenges(tx, counted, now=now)
        await mark_due(
            tx, {(one.programme_id, one.ambassador_id) for one in stretches} | {(of, who) for who, of in paid.items()}
        )

    return follow


def hear(parts: Parts, keeper: BoardKeeper, settlement: Settlement, *, partitions: int) -> Work:
    """Return the consumers; the one for evidence, which is most of what comes, is split."""
    shown = in_turn(on_points_awarded(keeper), on_visibility_set(keeper), show_seasons(keeper))
    split = {"gamification--engagement": partitions}
    return [
        *(
            parts.in_transaction(
                name, handlers, settle=settlement, most_bytes=EVIDENCE_BYTES, partitions=split.get(name)
            ).run()
            for name, handlers in HEARD.items()
        ),
        parts.consumer("boards--gamification", Idempotent(shown)).run(),
    ]


async def replay(settings: Settings, *, clock: Clock | None = None) -> Proof:
    """Fill the empty database of the settings from the whole log, and return what its balances come to.

    First what was decided here (rules, seasons, holds, redemptions, how people appear), so that all evidence is settled
    as it stands in the end. Nothing is told: no relay runs. Raises LedgerNotEmpty.
    """
    telemetry, time_source = Telemetry("gamification"), clock or SystemClock()
    async with open_parts(settings, service="gamification", telemetry=telemetry, clock=time_source) as parts:
        log = LogReplay(parts.db, parts.connection, parts.bus_metrics, name=f"replay-{new_id()}")
        settlement = Settlement(
            time_source, LedgerMetrics(telemetry), new_id=new_id, followers=[play(BadgeMetrics(telemetry))]
        )
        async with parts.db.transaction() as tx:
            await log.begin(tx)
            await ensure_first_version(tx, now=time_source.now())

        async def hear_all(heard: dict[str, dict[type[Event], Handler]], settle: Settlement | None) -> None:
            await log.hear(
                {
                    log.subscription(name): InTransaction(
                        parts.db, log.subscription(name).name, handlers, clock=time_source, settle=settle
                    )
                    for name, handlers in heard.items()
                }
            )

        await hear_all(HEARD_FIRST, None)
        await hear_all(HEARD, settlement)
        async with parts.db.transaction() as tx:
            return await log.end(tx)
