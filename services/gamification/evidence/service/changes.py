"""Finding the parts of weeks that new facts can change, and reading no more than these are scored from."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from libs.storage.database import Transaction
from services.gamification.evidence import store
from services.gamification.evidence.domain import Dossier, Parts, Told, Touched, pair_spans
from services.gamification.evidence.service import answer_of, share_facts
from services.gamification.evidence.store import changes
from services.gamification.members.domain import Calendar
from services.gamification.rules.domain import Conversion, CountReading, Kind, LineKind, PairTouch, Touch

KINDS = {kind.value: kind for kind in Kind}
WEEK = timedelta(days=8)  # a week is never longer, whatever clocks do


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """How far back the rules in force look: for persons met before, for favours between colleagues, for anything."""

    repeat: timedelta
    reciprocity: timedelta
    reach: timedelta


@dataclass(slots=True)
class Changed:
    """The parts of weeks that may be worth something else, and the dossiers that they are scored from."""

    parts: Parts = field(default_factory=lambda: defaultdict(set))
    dossiers: defaultdict[UUID, Dossier] = field(default_factory=lambda: defaultdict(Dossier))


async def changed(tx: Transaction, told: Told, horizon: Horizon, calendars: dict[UUID, Calendar]) -> Changed:
    """Return the parts of weeks that what was told can change, with what they are scored from."""
    found = Changed()
    shares = await _changed_shares(tx, told, horizon, calendars, found)
    await _changed_answers(tx, told, horizon, calendars, found)
    await _changed_conversions(tx, told, calendars, found)
    for who, share_id, *columns in await changes.touches_on(tx, shares, repeat=horizon.repeat) if shares else ():
        found.dossiers[who].touches += [
            Touch(share_id, person, colleague_id, KINDS[kind], at)
            for person, colleague_id, kind, at in zip(*columns, strict=True)
        ]
    for row in await store.readings(tx, shares) if shares else ():
        found.dossiers[row["ambassador_id"]].readings.append(
            CountReading(share_id=row["share_id"], kind=Kind(row["kind"]), count=row["count"], at=row["at"])
        )
    wanted = [
        (ambassador_id, *span)
        for ambassador_id, dossier in found.dossiers.items()
        for span in pair_spans(dossier, ambassador_id, horizon.reciprocity)
    ]
    for of, by, author, at in await changes.favours(tx, wanted) if wanted else ():
        found.dossiers[of].pair_touches.append(PairTouch(by=by, author=author, at=at))
    return found


async def _changed_shares(
    tx: Transaction, told: Told, horizon: Horizon, calendars: dict[UUID, Calendar], found: Changed
) -> list[UUID]:
    """Note the weeks of changed shares and open all shares of these weeks; returns their ids."""
    if not told.shares:
        return []
    near = []
    for row in await changes.changed_shares(tx, told, repeat=horizon.repeat, reciprocity=horizon.reciprocity):
        if calendar := _calendar(told, row.ambassador_id, calendars):
            facts = share_facts(row._mapping, calendar)  # noqa: SLF001 - the documented way to a row's names
            near.append(facts)
            if row.changed:
                found.parts[facts.ambassador_id, facts.week].add(LineKind.SHARE)
    of_weeks = [facts for facts in near if (facts.ambassador_id, facts.week) in found.parts]
    for facts in of_weeks:
        found.dossiers[facts.ambassador_id].shares.append(facts)
    return [facts.share_id for facts in of_weeks]


async def _changed_answers(
    tx: Transaction, told: Told, horizon: Horizon, calendars: dict[UUID, Calendar], found: Changed
) -> None:
    """Note the weeks of changed answers and open their answers, with those of the days before."""
    if not told.answers and not any(told.between_colleagues):
        return
    spans = Touched()
    for ambassador_id, at in await changes.changed_answers(
        tx, told, reach=horizon.reach, reciprocity=horizon.reciprocity
    ):
        if calendar := _calendar(told, ambassador_id, calendars):
            found.parts[ambassador_id, calendar.week(at)].add(LineKind.REPLIES)
            spans.add(calendar.programme_id, ambassador_id, at)
    wide = [stretch.widened(WEEK + horizon.reach) for stretch in spans.stretches()]
    for row in await store.answers(tx, wide, reach=horizon.reach) if wide else ():
        found.dossiers[row["ambassador_id"]].answers.append(answer_of(row))


async def _changed_conversions(tx: Transaction, told: Told, calendars: dict[UUID, Calendar], found: Changed) -> None:
    """Note the weeks of all conversions of these visitors: an earlier one takes the place of a later one."""
    if not told.conversions:
        return
    spans = Touched()
    shares, visitors = [one.share_id for one in told.conversions], [one.person for one in told.conversions]
    for row in await store.conversions_by(tx, shares, visitors):
        if calendar := _calendar(told, row["ambassador_id"], calendars):
            found.parts[row["ambassador_id"], calendar.week(row["at"])].add(LineKind.CONVERSIONS)
            spans.add(calendar.programme_id, row["ambassador_id"], row["at"])
    wide = [stretch.widened(WEEK) for stretch in spans.stretches()]
    for row in await store.conversions(tx, wide) if wide else ():
        found.dossiers[row["ambassador_id"]].conversions.append(
            Conversion(share_id=row["share_id"], visitor=row["visitor"], at=row["at"])
        )


def _calendar(told: Told, ambassador_id: UUID, calendars: dict[UUID, Calendar]) -> Calendar | None:
    """Return the calendar of somebody whose account is held; what belongs to anybody else is not ours to settle now."""
    programme_id = told.programmes.get(ambassador_id)
    return calendars.get(programme_id) if programme_id else None
