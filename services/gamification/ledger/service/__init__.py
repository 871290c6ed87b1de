"""Settling: bring the ledger to the value of all evidence, by booking what differs."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from libs.clock import Clock
from libs.events.content import ProgrammeCreated, ProposalApproved
from libs.events.engagement import CountsReported, InteractionsRecorded, InteractionsWithdrawn
from libs.events.envelope import Event
from libs.events.sharing import SharePublished
from libs.storage.database import Transaction
from services.gamification.evidence import service as evidence
from services.gamification.evidence.domain import Dossier, Stretch, Told, Touched
from services.gamification.evidence.service import changes, withdrawing
from services.gamification.evidence.service.changes import Changed, Horizon
from services.gamification.holds import service as holds
from services.gamification.ledger import store
from services.gamification.ledger.domain import (
    Difference,
    LineKey,
    Scored,
    Span,
    by_cause,
    differences,
    evidence_of_parts,
    evidence_of_week,
    span_of,
    weeks_of,
    without,
)
from services.gamification.ledger.metrics import LedgerMetrics
from services.gamification.ledger.service import booking
from services.gamification.ledger.service.booking import NewId
from services.gamification.ledger.service.reading import (
    Account,
    Totals,
    account_of,
    audit,
    balances_of_people,
    get_entry,
    hold_account,
    lifetime_of,
    lifetimes_of,
    lines_of,
    most_among,
    most_grown,
    most_of_a_kind,
    people_after,
    ranked_balances,
)
from services.gamification.members import service as members
from services.gamification.members.domain import Calendar
from services.gamification.rules import service as rules
from services.gamification.rules.domain import Rules, reach, score_week
from services.gamification.rules.service import RulesInForce

__all__ = [
    "Account",
    "Follower",
    "NewId",
    "Paid",
    "Settlement",
    "Totals",
    "account_of",
    "audit",
    "balances_of_people",
    "get_entry",
    "hold_account",
    "horizon_of",
    "lifetime_of",
    "lifetimes_of",
    "lines_of",
    "most_among",
    "most_grown",
    "most_of_a_kind",
    "outstanding",
    "people_after",
    "ranked_balances",
    "settle",
    "settle_told",
    "touched_by",
]

Paid = dict[UUID, UUID]  # ambassadors whose points changed, with their programme
Follower = Callable[[Transaction, Sequence[Stretch], Paid, datetime], Awaitable[None]]


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
        paid = {difference.key.ambassador_id: difference.calendar.programme_id for difference in booked}
        for follow in self._followers:
            await follow(tx, stretches, paid, self._clock.now())
        self._metrics.booked(booked)


async def touched_by(tx: Transaction, events: Sequence[Event]) -> Touched:
    """Return whose shares, answers and what was done with them the events tell of, and when."""
    touched = Touched()
    for event in events:
        if isinstance(event, SharePublished):
            touched.add(event.programme_id, event.ambassador_id, event.published_at)
        elif isinstance(event, ProposalApproved):
            touched.add(event.programme_id, event.ambassador_id, event.approved_at)
        elif isinstance(event, ProgrammeCreated):
            await evidence.note_programme(tx, touched, event.programme_id)
        elif isinstance(event, InteractionsRecorded | InteractionsWithdrawn):
            for told in event.interactions:
                answered = told.kind == "reply"
                touched.add(event.programme_id, told.ambassador_id, told.occurred_at, active=answered)
    recorded = [event for event in events if isinstance(event, InteractionsRecorded)]
    await evidence.note_conversions(tx, touched, recorded)
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
    ambassadors = told.ambassadors
    # the locks come before the reading, so that who settles second sees all that the first has kept
    calendars = await members.calendars(tx, set(told.programmes.values()))
    await store.lock_accounts(tx, ambassadors)
    await withdrawing.take_back(tx, told)
    versions = await rules.rules_in_force(tx, calendars)
    changed = await changes.changed(tx, told, horizon_of(versions), calendars, versions)
    spans = [Span(who, week, week, calendars[told.programmes[who]]) for who, week in changed.parts]
    lines = await store.held_lines(tx, spans)
    held = {key: value for key, value in lines.items() if key.kind in changed.parts[key.ambassador_id, key.week]}
    back = await holds.held_shares(tx, ambassadors)
    found = list(differences(without(_scored_parts(spans, changed, versions), back), held))
    for cause, of_cause in by_cause(found, told):
        await booking.book(tx, of_cause, now=now, new_id=new_id, cause=cause)
    return booked + found


def _scored_parts(spans: Sequence[Span], changed: Changed, versions: RulesInForce) -> Iterator[Scored]:
    for span in spans:
        who, week = span.ambassador_id, span.first
        facts = evidence_of_parts(who, week, changed.dossiers[who], span.calendar, changed.parts[who, week])
        rules = versions.for_week(span.calendar.programme_id, week)
        yield Scored(span.calendar, score_week(rules, facts, changed.measures))


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
    await booking.book(tx, found, now=now, new_id=new_id, cause=cause)
    return found


async def outstanding(
    tx: Transaction, stretches: Sequence[Stretch], calendars: dict[UUID, Calendar], versions: RulesInForce
) -> list[Difference]:
    """Return what would have to be booked for the ledger to follow the evidence under these rules; books nothing."""
    far = max(reach(version) for version in versions.all)
    dossiers = await evidence.dossiers(tx, stretches, reach=far, calendars=calendars)
    spans = [
        span_of(stretch, calendar, 2 * far)  # see `rules.domain.reach`
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
