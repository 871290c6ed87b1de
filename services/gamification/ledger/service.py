"""Settling: bring the ledger to the value of all evidence, by booking what differs."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
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
from services.gamification.evidence.domain import Dossier, Stretch, Told, Touched
from services.gamification.evidence.service import changes
from services.gamification.evidence.service.changes import Changed, Horizon
from services.gamification.holds import service as holds
from services.gamification.ledger import store
from services.gamification.ledger.domain import (
    NO_SHARE,
    Amount,
    Difference,
    LineKey,
    Scored,
    Span,
    differences,
    evidence_of_parts,
    evidence_of_week,
    span_of,
    weeks_of,
    without,
)
from services.gamification.ledger.errors import EntryNotFound
from services.gamification.ledger.metrics import LedgerMetrics
from services.gamification.ledger.tables import Balance, Entry
from services.gamification.members import service as members
from services.gamification.members.domain import Calendar
from services.gamification.rules import service as rules
from services.gamification.rules.domain import Rules, reach, score_week
from services.gamification.rules.service import RulesInForce

NewId = Callable[[], UUID]
Follower = Callable[[Transaction, Sequence[Stretch], datetime], Awaitable[None]]


class Settlement:
    """Settles what a batch of new facts touches; one instance for each process."""

    def __init__(
        self, clock: Clock, metrics: LedgerMetrics, *, new_id: NewId, followers: Sequence[Follower] = ()
    ) -> None:
        """Book at the clock's time, under ids from `new_id`; the followers work after that, in the same transaction."""
        self._followers = followers
        self._clock = clock
        self._new_id = new_id
        self._metrics = metrics

    async def __call__(self, tx: Transaction, events: Sequence[Event]) -> None:
        """Settle in the transaction that keeps the evidence."""
        booked = await settle_told(tx, Told(events), now=self._clock.now(), new_id=self._new_id)
        touched = await touched_by(tx, events) if self._followers else Touched()
        await self._follow(tx, touched.stretches(), booked)

    async def settle(
        self, tx: Transaction, stretches: Sequence[Stretch], *, cause: str | None = None
    ) -> list[Difference]:
        """Settle what the stretches concern; returns what was booked."""
        booked = await settle(tx, stretches, now=self._clock.now(), new_id=self._new_id, cause=cause)
        await self._follow(tx, stretches, booked)
        return booked

    async def _follow(self, tx: Transaction, stretches: Sequence[Stretch], booked: Sequence[Difference]) -> None:
        for follow in self._followers:
            await follow(tx, stretches, self._clock.now())
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
                if told.colleague_id and told.kind not in {"reply", "conversion", "click"}:  # as `Told` locks them
                    touched.add(event.programme_id, told.colleague_id, told.occurred_at)
            await evidence.note_conversions(tx, touched, event)
    await evidence.note_counts(tx, touched, [event for event in events if isinstance(event, CountsReported)])
    return touched


async def settle_told(tx: Transaction, told: Told, *, now: datetime, new_id: NewId) -> list[Difference]:
    """Score the parts of weeks that new facts can change and book the differences; returns them.

    Books what `settle` over all time would, and reads only what `changes.changed` says.
    """
    touched = Touched()
    for programme_id in told.opened:
        await evidence.note_programme(tx, touched, programme_id)
    booked = await settle(tx, touched.stretches(), now=now, new_id=new_id)
    if not told.programmes:
        return booked
    # the locks come before the reading, so that who settles second sees all that the first has kept
    calendars = await members.calendars(tx, set(told.programmes.values()))
    await store.lock_accounts(tx, told.ambassadors)
    versions = await rules.rules_in_force(tx, calendars)
    changed = await changes.changed(tx, told, horizon_of(versions), calendars)
    spans = [Span(who, week, week, calendars[told.programmes[who]]) for who, week in changed.parts]
    lines = await store.held_lines(tx, spans)
    held = {key: value for key, value in lines.items() if key.kind in changed.parts[key.ambassador_id, key.week]}
    back = await holds.held_shares(tx, told.ambassadors)
    found = list(differences(without(_scored_parts(spans, changed, versions), back), held))
    await _book(tx, found, now=now, new_id=new_id, cause=None)
    return booked + found


def _scored_parts(spans: Sequence[Span], changed: Changed, versions: RulesInForce) -> Iterator[Scored]:
    for span in spans:
        who, week = span.ambassador_id, span.first
        facts = evidence_of_parts(who, week, changed.dossiers[who], span.calendar, changed.parts[who, week])
        yield Scored(span.calendar, score_week(versions.for_week(span.calendar.programme_id, week), facts))


def horizon_of(versions: RulesInForce) -> Horizon:
    """Return how far back the farthest of these versions looks; linear rules do not."""
    authentic = [version for version in versions.all if isinstance(version, Rules)]
    return Horizon(
        repeat=timedelta(days=max((version.repeat.days for version in authentic), default=0)),
        reciprocity=timedelta(days=max((version.people.reciprocity_days for version in authentic), default=0)),
        reach=max(map(reach, versions.all)),
    )


async def settle(
    tx: Transaction, stretches: Sequence[Stretch], *, now: datetime, new_id: NewId, cause: str | None = None
) -> list[Difference]:
    """Score every week that the stretches concern and book the differences; returns them.

    `cause` is what led to it; without one, the message or the request that is being handled.
    """
    if not stretches:
        return []
    # the locks come before the reading, so that who settles second sees all that the first has kept
    calendars = await members.calendars(tx, {stretch.programme_id for stretch in stretches})
    await store.lock_accounts(tx, [stretch.ambassador_id for stretch in stretches])
    found = await outstanding(tx, stretches, calendars, await rules.rules_in_force(tx, calendars))
    await _book(tx, found, now=now, new_id=new_id, cause=cause)
    return found


async def outstanding(
    tx: Transaction, stretches: Sequence[Stretch], calendars: dict[UUID, Calendar], versions: RulesInForce
) -> list[Difference]:
    """Return what would have to be booked for the ledger to follow the evidence under these rules; books nothing."""
    far = max(reach(version) for version in versions.all)
    dossiers = await evidence.dossiers(tx, stretches, reach=far, calendars=calendars)
    spans = [
        span_of(stretch, calendar, far)
        for stretch in stretches
        if (calendar := calendars.get(stretch.programme_id))  # what is told before its calendar waits for it
    ]
    held = await store.held_lines(tx, spans)
    back = await holds.held_shares(tx, [span.ambassador_id for span in spans])
    return list(differences(without(_scored(spans, dossiers, held, versions), back), held))


def _scored(
    spans: Sequence[Span], dossiers: dict[UUID, Dossier], held: dict[LineKey, int], versions: RulesInForce
) -> Iterator[Scored]:
    for span in spans:
        dossier = dossiers[span.ambassador_id]
        for week in weeks_of(span, dossier, held):
            facts = evidence_of_week(span.ambassador_id, week, dossier, span.calendar)
            yield Scored(span.calendar, score_week(versions.for_week(span.calendar.programme_id, week), facts))


async def _book(
    tx: Transaction, found: Sequence[Difference], *, now: datetime, new_id: NewId, cause: str | None
) -> None:
    """Book the differences and tell each of them."""
    if not found:
        return
    by_id = {new_id(): difference for difference in found}
    rows = [store.row_of(difference, entry_id) for entry_id, difference in by_id.items()]
    context = current()
    led_by = cause or context.causation_id or context.correlation_id
    for booked in await store.book(tx, rows, cause=led_by, now=now):
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


async def hold_account(tx: Transaction, ambassador_id: UUID) -> None:
    """Keep an ambassador's points as they are until the commit."""
    await store.lock_accounts(tx, [ambassador_id])


async def lifetime_of(tx: Transaction, ambassador_id: UUID) -> int:
    """Return all milli-points that an ambassador ever got, corrections included."""
    return await store.lifetime_of(tx, ambassador_id)


async def lifetimes_of(tx: Transaction, ambassador_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return the same of each of several ambassadors who have any."""
    return await store.lifetimes_of(tx, ambassador_ids)


async def most_of_a_kind(
    tx: Transaction, programme_id: UUID, week: str, kind: str, *, limit: int
) -> list[tuple[UUID, int]]:
    """Return who has the most milli-points of one kind of line in a week."""
    return await store.most_of_a_kind(tx, programme_id, week, kind, limit=limit)


async def most_among(
    tx: Transaction, programme_id: UUID, week: str, ambassador_ids: Sequence[UUID], *, limit: int
) -> list[tuple[UUID, int]]:
    """Return who of some ambassadors has the most milli-points in a week."""
    return await store.most_among(tx, programme_id, week, ambassador_ids, limit=limit)


async def most_grown(
    tx: Transaction, programme_id: UUID, weeks: Sequence[str], before: Sequence[str], *, limit: int
) -> list[tuple[UUID, int, int]]:
    """Return whose milli-points in `weeks` grew most over those in `before`, with both; who had none is left out."""
    return await store.most_grown(tx, programme_id, weeks, before, limit=limit)


async def get_entry(tx: Transaction, entry_id: UUID) -> Entry:
    """Return an entry. Raises EntryNotFound."""
    if (row := await store.find_entry(tx, entry_id)) is None:
        raise EntryNotFound(f"no entry has the id {entry_id}")
    return row


async def people_after(tx: Transaction, programme_id: UUID, last: UUID | None, *, limit: int) -> Sequence[UUID]:
    """Return ambassadors of a programme who have a balance, in the order of their ids, from just after `last`."""
    return await store.people_after(tx, programme_id, last, limit=limit)


async def balances_of_people(tx: Transaction, programme_id: UUID, ambassador_ids: Sequence[UUID]) -> Sequence[Balance]:
    """Return all balances of these ambassadors in a programme."""
    return await store.balances_of_people(tx, programme_id, ambassador_ids)


async def ranked_balances(tx: Transaction, programme_id: UUID, period: str) -> Sequence[Balance]:
    """Return the balances of a period as boards rank them: more first, of equals whoever had it first."""
    return await store.ranked(tx, programme_id, period)


async def amounts_of(tx: Transaction, programme_id: UUID, ambassador_ids: Sequence[UUID], measure: str) -> list[Amount]:
    """Return what the entries of these ambassadors sum to in a measure, by period."""
    return [Amount(**row) for row in await store.amounts(tx, programme_id, ambassador_ids, measure)]


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
