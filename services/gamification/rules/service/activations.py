"""Use cases of activations: which version shall hold from when, corrections of a season, and taking them back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from libs.events.gamification import RulesActivated, RulesReversed
from libs.periods import monday_of, week_of
from libs.storage.database import Transaction
from services.gamification.members import service as members
from services.gamification.members.domain import Calendar
from services.gamification.rules import store
from services.gamification.rules.domain.documents import checked, parameters, rules_of
from services.gamification.rules.domain.validity import Validity, mondays_of_season
from services.gamification.rules.errors import ActivationNotFound, NotACorrection, SeasonNotFound, WeekHasBegun
from services.gamification.rules.service import get_version, key_of, row_of, validity_of
from services.gamification.rules.tables import RulesActivation, RulesRow


async def activations_of(tx: Transaction, programme_id: UUID) -> Sequence[RulesActivation]:
    """Return what a programme has activated, oldest first."""
    return await store.activations(tx, [programme_id])


async def activate_from(
    tx: Transaction, programme_id: UUID, version: int, *, valid_from: date, now: datetime
) -> RulesActivation:
    """Let a version hold from the Monday of a day's week on. Raises WeekHasBegun, RulesNotFound, ProgrammeNotFound.

    The same once more changes nothing.
    """
    calendar = await members.calendar_alone(tx, programme_id)
    first = monday_of(week_of(valid_from))
    if first <= monday_of(calendar.week(now)):
        raise WeekHasBegun("choose a day of a later week, or correct the season")
    wanted = Validity(number=0, version=version, first=first, last=None)
    return await _activate(tx, programme_id, wanted, season=None, valid_from=valid_from, now=now)


async def activate_for_season(
    tx: Transaction, programme_id: UUID, version: int, *, season: str, now: datetime
) -> RulesActivation:
    """Let a version hold for all weeks of a season, and leave the booking to `replays`.

    Raises SeasonNotFound, RulesNotFound, ProgrammeNotFound. The same once more changes nothing.
    """
    calendar = await members.calendar_alone(tx, programme_id)
    first, last = begun_season(calendar, season, now=now)
    wanted = Validity(number=0, version=version, first=first, last=last)
    return await _activate(tx, programme_id, wanted, season=season, valid_from=first, now=now)


def begun_season(calendar: Calendar, season: str, *, now: datetime) -> tuple[date, date]:
    """Return the first and the last Monday of a season that has begun. Raises SeasonNotFound."""
    first, last = mondays_of_season(season, calendar.seasons())
    if first > calendar.day(now):
        raise SeasonNotFound(f"season {season} begins on {first}")
    return first, last


async def _activate(
    tx: Transaction, programme_id: UUID, wanted: Validity, *, season: str | None, valid_from: date, now: datetime
) -> RulesActivation:
    row = await get_version(tx, programme_id, wanted.version)
    before = await store.activations(tx, [programme_id])
    if before and replace(validity_of(before[-1]), number=0) == wanted:
        return before[-1]
    if row.activated_at is None:
        document = {**row.document, "valid_from": valid_from.isoformat()}
        await store.mark_activated(tx, row, valid_from=valid_from, document=document, now=now)
    activation = RulesActivation(
        programme_id=programme_id,
        number=before[-1].number + 1 if before else 1,
        version=wanted.version,
        season=season,
        first_monday=wanted.first,
        last_monday=wanted.last,
        activated_at=now,
        finished_at=now if season is None else None,
    )
    await store.add_unless_there(tx, activation)
    tx.emit(_told(activation, row), key=str(programme_id))
    return activation


def _told(activation: RulesActivation, row: RulesRow) -> RulesActivated:
    return RulesActivated(
        programme_id=activation.programme_id,
        number=activation.number,
        version=activation.version,
        mode="from" if activation.season is None else "correction",
        season=activation.season,
        first_week=week_of(activation.first_monday),
        last_week=week_of(activation.last_monday) if activation.last_monday else None,
        note=row.note,
        document=parameters(rules_of(row.document)),
        activated_at=activation.activated_at,
    )


async def remember_activation(tx: Transaction, event: RulesActivated) -> None:
    """Keep an activation that was told, as if it had been decided here and all its differences booked."""
    last = monday_of(event.last_week) if event.last_week else None
    first = monday_of(event.first_week)
    rules = checked(event.document, version=event.version, valid_from=first, within="document")
    owner, _ = key_of(event.programme_id, event.version)
    await store.add_unless_there(tx, row_of(owner, rules, note=event.note, activated_at=event.activated_at))
    activation = RulesActivation(
        programme_id=event.programme_id,
        number=event.number,
        version=event.version,
        season=event.season,
        first_monday=first,
        last_monday=last,
        activated_at=event.activated_at,
        finished_at=event.activated_at,
    )
    await store.add_unless_there(tx, activation)


async def reverse(tx: Transaction, programme_id: UUID, number: int, *, now: datetime) -> RulesActivation:
    """Take a correction back: its weeks follow again what would hold without it; the booking is left to `replays`.

    Raises ProgrammeNotFound, ActivationNotFound, NotACorrection. The same once more changes nothing.
    """
    await members.calendar_alone(tx, programme_id)
    told = await store.activations(tx, [programme_id])
    wanted = next((one for one in told if one.number == number), None)
    if wanted is None:
        raise ActivationNotFound(f"the programme has no activation {number}")
    if wanted.season is None or wanted.last_monday is None or wanted.reverses is not None:
        raise NotACorrection("activate the version that should hold instead")
    if done := next((one for one in told if one.reverses == number), None):
        return done
    event = RulesReversed(
        programme_id=programme_id,
        number=told[-1].number + 1,
        reverses=number,
        version=wanted.version,
        season=wanted.season,
        first_week=week_of(wanted.first_monday),
        last_week=week_of(wanted.last_monday),
        reversed_at=now,
    )
    row = _reversal(event, finished_at=None)
    await store.add_unless_there(tx, row)
    tx.emit(event, key=str(programme_id))
    return row


async def remember_reversal(tx: Transaction, event: RulesReversed) -> None:
    """Keep a reversal that was told, as if it had been decided here and all its differences booked."""
    await store.add_unless_there(tx, _reversal(event, finished_at=event.reversed_at))


def _reversal(event: RulesReversed, *, finished_at: datetime | None) -> RulesActivation:
    return RulesActivation(
        programme_id=event.programme_id,
        number=event.number,
        version=event.version,
        season=event.season,
        first_monday=monday_of(event.first_week),
        last_monday=monday_of(event.last_week),
        activated_at=event.reversed_at,
        finished_at=finished_at,
        reverses=event.reverses,
    )


async def claim_correction(tx: Transaction) -> RulesActivation | None:
    """Return a correction whose differences are not all booked, held until the commit; None when there is none."""
    return await store.claim_correction(tx)


async def note_progress(tx: Transaction, row: RulesActivation, *, booked_to: UUID | None, now: datetime) -> None:
    """Keep that a correction is booked up to an ambassador; None: for everybody."""
    finished_at = now if booked_to is None else None
    await store.note_progress(tx, row, booked_to=booked_to or row.booked_to, finished_at=finished_at)
