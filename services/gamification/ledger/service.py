"""Settling: bring the ledger to the value of all evidence, by booking what differs."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from libs.clock import Clock
from libs.events.content import ProgrammeCreated
from libs.events.engagement import CountsReported, InteractionsRecorded
from libs.events.envelope import Event
from libs.events.gamification import PeriodBalance, PointsAwarded
from libs.events.sharing import SharePublished
from libs.storage.database import Transaction
from libs.telemetry.context import current
from services.gamification.evidence import service as evidence
from services.gamification.evidence.domain import Dossier, Stretch, Touched
from services.gamification.ledger import store
from services.gamification.ledger.domain import (
    NO_SHARE,
    Difference,
    LineKey,
    Scored,
    Span,
    differences,
    evidence_of_week,
    span_of,
    weeks_of,
)
from services.gamification.ledger.metrics import LedgerMetrics
from services.gamification.ledger.tables import Balance, Entry
from services.gamification.members import service as members
from services.gamification.rules import service as rules
from services.gamification.rules.domain import reach, score_week
from services.gamification.rules.service import RulesInForce

NewId = Callable[[], UUID]


class Settlement:
    """Settles what a batch of new facts touches; one instance for each process."""

    def __init__(self, clock: Clock, metrics: LedgerMetrics, *, new_id: NewId) -> None:
        """Book at the clock's time, under ids from `new_id`."""
        self._clock = clock
        self._new_id = new_id
        self._metrics = metrics

    async def __call__(self, tx: Transaction, events: Sequence[Event]) -> None:
        """Settle in the transaction that keeps the evidence."""
        touched = await touched_by(tx, events)
        booked = await settle(tx, touched.stretches(), now=self._clock.now(), new_id=self._new_id)
        self._metrics.booked(booked)


async def touched_by(tx: Transaction, events: Sequence[Event]) -> Touched:
    """Return whom the events touch, and when. A touch between colleagues touches both."""
    touched = Touched()
    for event in events:
        if isinstance(event, SharePublished):
            touched.add(event.programme_id, event.ambassador_id, event.published_at)
        elif isinstance(event, ProgrammeCreated):
            await evidence.note_programme(tx, touched, event.programme_id)
        elif isinstance(event, InteractionsRecorded):
            for told in event.interactions:
                touched.add(event.programme_id, told.ambassador_id, told.occurred_at)
                if told.colleague_id:
                    touched.add(event.programme_id, told.colleague_id, told.occurred_at)
            await evidence.note_conversions(tx, touched, event)
    await evidence.note_counts(tx, touched, [event for event in events if isinstance(event, CountsReported)])
    return touched


async def settle(tx: Transaction, stretches: Sequence[Stretch], *, now: datetime, new_id: NewId) -> list[Difference]:
    """Score every week that the stretches concern and book the differences; returns them."""
    if not stretches:
        return []
    # the locks come before the reading, so that who settles second sees all that the first has kept
    calendars = await members.calendars(tx, {stretch.programme_id for stretch in stretches})
    await store.lock_accounts(tx, [stretch.ambassador_id for stretch in stretches])
    versions = await rules.rules_in_force(tx)
    far = max(reach(version) for version in versions.all)
    dossiers = await evidence.dossiers(tx, stretches, reach=far, calendars=calendars)
    spans = [
        span_of(stretch, calendar, far)
        for stretch in stretches
        if (calendar := calendars.get(stretch.programme_id))  # what is told before its calendar waits for it
    ]
    held = await store.held_lines(tx, spans)
    found = list(differences(_scored(spans, dossiers, held, versions), held))
    await _book(tx, found, now=now, new_id=new_id)
    return found


def _scored(
    spans: Sequence[Span], dossiers: dict[UUID, Dossier], held: dict[LineKey, int], versions: RulesInForce
) -> Iterator[Scored]:
    for span in spans:
        dossier = dossiers[span.ambassador_id]
        for week in weeks_of(span, dossier, held):
            facts = evidence_of_week(span.ambassador_id, week, dossier, span.calendar)
            yield Scored(span.calendar, score_week(versions.for_week(week), facts))


async def _book(tx: Transaction, found: Sequence[Difference], *, now: datetime, new_id: NewId) -> None:
    """Book the differences and tell each of them."""
    if not found:
        return
    by_id = {new_id(): difference for difference in found}
    rows = [store.row_of(difference, entry_id) for entry_id, difference in by_id.items()]
    context = current()
    for booked in await store.book(tx, rows, cause=context.causation_id or context.correlation_id, now=now):
        event = awarded(by_id[booked["entry_id"]], booked, now=now)
        tx.emit(event, key=str(event.ambassador_id))


def awarded(difference: Difference, booked: Mapping[str, Any], *, now: datetime) -> PointsAwarded:
    """Return the event of a booked difference; `booked` has sequence, entry_id and balances."""
    key, calendar = difference.key, difference.calendar
    return PointsAwarded(
        entry_id=booked["entry_id"],
        sequence=booked["sequence"],
        programme_id=calendar.programme_id,
        ambassador_id=key.ambassador_id,
        share_id=None if key.share_id == NO_SHARE else key.share_id,
        week=key.week,
        season=calendar.season_of_week(key.week),
        kind=difference.line.kind.value,
        rules_version=difference.rules_version,
        before=difference.before,
        after=difference.line.milli_points,
        factors=dict(difference.line.factors),
        balances=tuple(PeriodBalance.model_validate(balance) for balance in booked["balances"]),
        booked_at=now,
    )


@dataclass(frozen=True, slots=True)
class Totals:
    """Grand totals in milli-points, and the number of entries."""

    entries: int
    lines: int
    balances: int
    count: int


@dataclass(frozen=True, slots=True)
class Account:
    """What an ambassador holds, and the newest entries of how it came about."""

    balances: Sequence[Balance]
    entries: Sequence[Entry]


async def account_of(tx: Transaction, ambassador_id: UUID, *, last: int | None, limit: int) -> Account:
    """Return an ambassador's balances and their entries, newest first, from just before sequence `last`."""
    return Account(
        balances=await store.balances_of(tx, ambassador_id),
        entries=await store.entries_before(tx, ambassador_id, last, limit=limit),
    )


async def balances_after(
    tx: Transaction, programme_id: UUID, last: tuple[str, UUID] | None, *, limit: int
) -> Sequence[Balance]:
    """Return balances of a programme in the order of (period, ambassador), from just after `last`."""
    return await store.balances_of_programme(tx, programme_id, last, limit=limit)


async def balances_by_period(tx: Transaction, programme_id: UUID) -> dict[str, dict[UUID, int]]:
    """Return all balances of a programme in milli-points, by period and ambassador."""
    found: dict[str, dict[UUID, int]] = {}
    for row in await store.balances_of_programme(tx, programme_id, None, limit=None):
        found.setdefault(row.period, {})[row.ambassador_id] = row.milli_points
    return found


async def audit(tx: Transaction) -> tuple[Totals, list[str]]:
    """Return the grand totals, and one line for each balance that is not the sum of its entries."""
    wrong = [
        f"balance {row['period']} of {row['ambassador_id']} is {row['balance']}, its entries sum to {row['entries']}"
        for row in await store.disagreements(tx)
    ]
    row = await store.totals(tx)
    totals = Totals(entries=row["entries"], lines=row["lines"], balances=row["balances"], count=row["count"])
    if len({totals.entries, totals.lines, totals.balances}) > 1:
        wrong.append(f"entries sum to {totals.entries}, lines to {totals.lines}, balances to {totals.balances}")
    return totals, wrong
