"""Use cases of rules: drafting versions, activating them, and which one holds for a week."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from libs.events.gamification import RulesActivated
from libs.periods import monday_of, week_of
from libs.storage.database import Transaction
from services.gamification.members import service as members
from services.gamification.members.domain import Calendar
from services.gamification.rules import store
from services.gamification.rules.domain import Rules
from services.gamification.rules.domain.documents import AnyRules, checked, parameters, rules_of
from services.gamification.rules.domain.validity import Validity, governing, mondays_of_season
from services.gamification.rules.errors import RulesNotFound, SeasonNotFound, WeekHasBegun
from services.gamification.rules.tables import RulesActivation, RulesRow

PRODUCT = UUID(int=0)  # whose version 1 holds where a programme has activated nothing
FIRST = 1
TRIED = 2**31  # the number of an activation that is only tried: later than all others


class RulesInForce:
    """The rules that programmes have in force, to choose from by programme and week."""

    def __init__(
        self, versions: Mapping[tuple[UUID, int], AnyRules], validities: Mapping[UUID, Sequence[Validity]]
    ) -> None:
        """Take all versions that may hold, the product's first among them, and what was activated where."""
        self._versions = versions
        self._validities = validities

    def for_week(self, programme_id: UUID, week: str) -> AnyRules:
        """Return the rules that hold for a programme's week; the product's first version unless others do."""
        validity = governing(self._validities.get(programme_id, ()), week)
        return self._versions[key_of(programme_id, validity.version if validity else FIRST)]

    @property
    def all(self) -> Iterable[AnyRules]:
        """Every version that may hold."""
        return self._versions.values()

    def trying(self, programme_id: UUID, rules: AnyRules, *, first: date, last: date) -> "RulesInForce":
        """Return what would be in force after a correction of the weeks from `first` to `last` (Mondays)."""
        tried = Validity(number=TRIED, version=rules.version, first=first, last=last)
        held = self._validities.get(programme_id, ())
        return RulesInForce(
            {**self._versions, key_of(programme_id, rules.version): rules},
            {**self._validities, programme_id: [*held, tried]},
        )


def key_of(programme_id: UUID, version: int) -> tuple[UUID, int]:
    """Return under which programme and number a version stands: the first is the product's, for all."""
    return (PRODUCT, FIRST) if version == FIRST else (programme_id, version)


async def ensure_first_version(tx: Transaction, *, now: datetime) -> None:
    """Activate the preset *authentic* as version 1 of the product where it is not there yet."""
    rules = Rules.preset("authentic")
    await store.add_unless_there(tx, _row(PRODUCT, rules, note="The product's own rules.", activated_at=now))


async def rules_in_force(tx: Transaction, programme_ids: Collection[UUID]) -> RulesInForce:
    """Return what these programmes have in force."""
    rows = await store.used(tx, {PRODUCT, *programme_ids})
    validities: dict[UUID, list[Validity]] = {}
    for one in await store.activations(tx, programme_ids):
        validities.setdefault(one.programme_id, []).append(validity_of(one))
    return RulesInForce({(row.programme_id, row.version): rules_of(row.document) for row in rows}, validities)


def validity_of(row: RulesActivation) -> Validity:
    """Return what a stored activation says."""
    return Validity(number=row.number, version=row.version, first=row.first_monday, last=row.last_monday)


async def get_rules(tx: Transaction, version: int) -> Rules:
    """Return a version of the product's rules. Raises RulesNotFound."""
    rules = rules_of((await get_version(tx, PRODUCT, version)).document)
    assert isinstance(rules, Rules)
    return rules


async def get_version(tx: Transaction, programme_id: UUID, version: int, *, drafts: bool = True) -> RulesRow:
    """Return a version that a programme may use; without `drafts` an activated one. Raises RulesNotFound."""
    row = await store.find(tx, *key_of(programme_id, version))
    if row is None or (row.activated_at is None and not drafts):
        raise RulesNotFound(f"there is no version {version} of the rules")
    return row


async def list_versions(
    tx: Transaction, programme_id: UUID, *, last: int | None, drafts: bool, limit: int
) -> Sequence[RulesRow]:
    """Return the next versions that a programme may use, the product's first one before its own."""
    return await store.versions_after(tx, {PRODUCT, programme_id}, last or 0, drafts=drafts, limit=limit)


async def activations_of(tx: Transaction, programme_id: UUID) -> Sequence[RulesActivation]:
    """Return what a programme has activated, oldest first."""
    return await store.activations(tx, [programme_id])


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Proposed rules; `within` is where the document stands in the request, to name its fields."""

    document: Mapping[str, Any]  # JSON that is still to be checked
    within: str
    valid_from: date
    note: str


async def draft_version(tx: Transaction, programme_id: UUID, draft: Draft) -> RulesRow:
    """Keep proposed rules under the programme's next number. Raises ProgrammeNotFound, InvalidRules."""
    await members.calendar_alone(tx, programme_id)
    version = (await store.newest_version(tx, programme_id) or FIRST) + 1
    rules = checked(draft.document, version=version, valid_from=draft.valid_from, within=draft.within)
    row = _row(programme_id, rules, note=draft.note, activated_at=None)
    await store.add_unless_there(tx, row)
    return row


def _row(programme_id: UUID, rules: AnyRules, *, note: str, activated_at: datetime | None) -> RulesRow:
    return RulesRow(
        programme_id=programme_id,
        version=rules.version,
        valid_from=rules.valid_from,
        document=rules.model_dump(mode="json"),
        note=note,
        activated_at=activated_at,
    )


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
    first, last = mondays_of_season(season, calendar.first_day)
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
    await store.add_unless_there(tx, _row(owner, rules, note=event.note, activated_at=event.activated_at))
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


async def claim_correction(tx: Transaction) -> RulesActivation | None:
    """Return a correction whose differences are not all booked, held until the commit; None when there is none."""
    return await store.claim_correction(tx)


async def note_progress(tx: Transaction, row: RulesActivation, *, booked_to: UUID | None, now: datetime) -> None:
    """Keep that a correction is booked up to an ambassador; None: for everybody."""
    finished_at = now if booked_to is None else None
    await store.note_progress(tx, row, booked_to=booked_to or row.booked_to, finished_at=finished_at)
