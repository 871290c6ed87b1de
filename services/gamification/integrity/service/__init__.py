"""Use cases of integrity: inspect a programme, hold points back, decide, and answer."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from libs.auth.principal import Programmes, within
from libs.clock import Clock
from libs.events.gamification import PointsHeld, PointsReleased
from libs.storage.database import Database, Transaction
from libs.telemetry.logs import logger
from services.gamification.evidence import service as evidence
from services.gamification.evidence.domain import Touched
from services.gamification.holds import service as holds
from services.gamification.integrity import store
from services.gamification.integrity.domain import (
    Finding,
    Kind,
    State,
    check_step,
)
from services.gamification.integrity.errors import HoldNotFound
from services.gamification.integrity.metrics import IntegrityMetrics
from services.gamification.integrity.service import inspection
from services.gamification.integrity.service.limits import SetLimits, limits_of
from services.gamification.integrity.tables import Hold, HoldAnswer
from services.gamification.ledger import service as ledger
from services.gamification.members import service as members
from services.gamification.members.domain import Calendar

log = logger(__name__)

NIGHT = timedelta(hours=2)  # local; the day before is told by then
SHOWN_TO_PERSON = (State.HELD.value, State.CONFIRMED.value, State.RELEASED.value)


class Inspector:
    """Inspects every programme once a night; any number may run at once, and a night that was missed is caught up."""

    def __init__(self, db: Database, settlement: ledger.Settlement, metrics: IntegrityMetrics, *, clock: Clock) -> None:
        """Read `db` at the clock's time; what is held goes through `settlement`."""
        self._db = db
        self._settlement = settlement
        self._metrics = metrics
        self._clock = clock

    async def inspect_due(self) -> int:
        """Inspect each programme that was not inspected since its last local night; returns how many were."""
        async with self._db.transaction() as tx:
            calendars = await members.programmes(tx)
        inspected = sum([await self._inspect_in_turn(calendar) for calendar in calendars])
        while await self._hold_next():
            pass
        return inspected

    async def _inspect_in_turn(self, calendar: Calendar) -> bool:
        async with self._db.transaction() as tx:
            found = await inspect(tx, calendar, now=self._clock.now())
        if found is None:
            return False
        self._metrics.inspected(found)
        log.info("programme_inspected", programme_id=str(calendar.programme_id), findings=len(found))
        return True

    async def _hold_next(self) -> bool:
        """Hold what one finding names, in a transaction of its own: it locks one author's account and no other."""
        async with self._db.transaction() as tx:
            if (row := await store.next_in(tx, State.PENDING)) is None:
                return False
            await _hold(tx, row, self._settlement, now=self._clock.now())
            return True


async def inspect(tx: Transaction, calendar: Calendar, *, now: datetime) -> list[Finding] | None:
    """Find what looks arranged and was not found before; None when it is not time, or somebody else is at it.

    Bursts and crowds wait to be held where the programme wants it; pods are only told.
    """
    if not await store.claim(tx, calendar.programme_id):
        return None
    settings = await store.settings_of(tx, calendar.programme_id)
    last, today = settings.inspected_on if settings else None, calendar.day(now - NIGHT)
    if last is not None and last >= today:
        return None
    missed = timedelta(days=(today - last).days) if last else timedelta()
    limits = await limits_of(tx, calendar.programme_id)
    findings = await inspection.findings(tx, calendar.programme_id, limits.limits, now - missed, now=now)
    automatic = settings.hold_automatically if settings else True
    rows = [
        _row_of(finding, calendar.programme_id, limits, automatic=automatic, day=today, now=now) for finding in findings
    ]
    new = [finding for finding, row in zip(findings, rows, strict=True) if await store.add_unless_there(tx, row)]
    await store.set_inspected(tx, calendar.programme_id, today)
    return new


def _row_of(
    finding: Finding, programme_id: UUID, limits: SetLimits, *, automatic: bool, day: date, now: datetime
) -> Hold:
    state = State.PENDING if automatic and finding.kind is not Kind.POD else State.FLAGGED
    return Hold(
        id=finding.id_in(programme_id, day=day.isoformat()),
        programme_id=programme_id,
        kind=finding.kind.value,
        state=state.value,
        ambassador_ids=list(finding.ambassador_ids),
        share_ids=list(finding.share_ids),
        figures=finding.figures,
        limits_version=limits.version,
        limits=limits.limits.model_dump(mode="json")[finding.kind.value],
        milli_points=0,
        found_at=now,
    )


async def _hold(tx: Transaction, row: Hold, settlement: ledger.Settlement, *, now: datetime) -> None:
    touched = Touched()
    authors = await evidence.note_shares(tx, touched, row.share_ids)
    await holds.hold_back(tx, row.id, authors)
    booked = await settlement.settle(tx, touched.stretches(), cause=f"hold:{row.id}")
    row.state = State.HELD.value
    row.milli_points = sum(one.before - one.line.milli_points for one in booked)
    await store.save(tx, row)
    tx.emit(
        PointsHeld(
            hold_id=row.id,
            programme_id=row.programme_id,
            ambassador_ids=tuple(row.ambassador_ids),
            share_ids=tuple(row.share_ids),
            author_ids=tuple(authors[share_id] for share_id in row.share_ids),
            kind=Kind(row.kind).value,
            milli_points=row.milli_points,
            figures=row.figures,
            held_at=now,
        ),
        key=str(row.id),
    )


async def _release(tx: Transaction, row: Hold, settlement: ledger.Settlement, *, now: datetime) -> None:
    touched = Touched()
    await evidence.note_shares(tx, touched, row.share_ids)
    await holds.give_back(tx, row.id)
    booked = await settlement.settle(tx, touched.stretches(), cause=f"release:{row.id}")
    tx.emit(
        PointsReleased(
            hold_id=row.id,
            programme_id=row.programme_id,
            ambassador_ids=tuple(row.ambassador_ids),
            share_ids=tuple(row.share_ids),
            milli_points=sum(one.line.milli_points - one.before for one in booked),
            released_at=now,
        ),
        key=str(row.id),
    )


async def decide(
    tx: Transaction, row: Hold, to: State, settlement: ledger.Settlement, *, by: str, now: datetime
) -> Hold:
    """Take a locked hold to its next state; `by` is the key of who decides. Raises HoldDecided."""
    before = State(row.state)
    if before is State.FLAGGED and to is State.RELEASED:
        to = State.DISMISSED
    check_step(before, to)
    row.decided_at, row.decided_by = now, by
    if to is State.HELD:
        await _hold(tx, row, settlement, now=now)
    elif to is State.RELEASED:
        await _release(tx, row, settlement, now=now)
    row.state = to.value
    await store.save(tx, row)
    return row


async def get_hold(tx: Transaction, hold_id: UUID, *, among: Programmes, lock: bool = False) -> Hold:
    """Return a hold of the programmes `among`. Raises HoldNotFound."""
    row = await store.find(tx, hold_id, lock=lock)
    if row is None or not within(among, row.programme_id):
        raise HoldNotFound(f"no hold has the id {hold_id}")
    return row


async def answer(tx: Transaction, row: Hold, subject_key: str, text: str, *, now: datetime) -> UUID:
    """Keep what a concerned ambassador says to a hold; returns who that is. Raises HoldNotFound to everybody else."""
    own = {member.id for member in await members.ambassadors_of_subject(tx, subject_key)}
    concerned = own.intersection(row.ambassador_ids)
    if not concerned or row.state not in SHOWN_TO_PERSON:
        raise HoldNotFound("no hold of yours has this id")
    who = min(concerned)
    await store.keep_answer(tx, HoldAnswer(hold_id=row.id, ambassador_id=who, text=text, answered_at=now))
    return who


async def answers_to(tx: Transaction, rows: Collection[Hold]) -> dict[UUID, list[HoldAnswer]]:
    """Return the answers to each of these holds."""
    found: dict[UUID, list[HoldAnswer]] = {row.id: [] for row in rows}
    for one in await store.answers_to(tx, found):
        found[one.hold_id].append(one)
    return found


async def holds_in(
    tx: Transaction, programme_id: UUID, state: State | None, *, last: store.Place | None, limit: int
) -> Sequence[Hold]:
    """Return a programme's findings, of one state or of all, newest first."""
    return await store.holds_in(tx, programme_id, state.value if state else None, last, limit=limit)


async def holds_about(
    tx: Transaction, ambassador_ids: Sequence[UUID], *, last: store.Place | None, limit: int
) -> Sequence[Hold]:
    """Return the holds that these ambassadors may see: flags that changed nothing are left out."""
    return await store.holds_about(tx, ambassador_ids, SHOWN_TO_PERSON, last, limit=limit)


async def holds_automatically(tx: Transaction, programme_id: UUID) -> bool:
    """Return whether bursts and crowds hold points at once; they do unless the programme chose otherwise."""
    row = await store.settings_of(tx, programme_id)
    return row.hold_automatically if row else True


async def choose(tx: Transaction, programme_id: UUID, *, hold_automatically: bool) -> None:
    """Keep a programme's choice."""
    await store.set_automatic(tx, programme_id, hold_automatically=hold_automatically)
