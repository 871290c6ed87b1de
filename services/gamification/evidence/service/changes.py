"""Finding the parts of weeks that new facts can change, and reading no more than these are scored from."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from libs.storage.database import Transaction
from services.gamification.evidence import store
from services.gamification.evidence.domain import KINDS, Dossier, Parts, Told, Touched, Week, pair_spans
from services.gamification.evidence.service import answer_of, measures
from services.gamification.evidence.service.measures import Near
from services.gamification.evidence.store import changes
from services.gamification.members.domain import Calendar
from services.gamification.rules.domain import (
    Conversion,
    CountReading,
    Kind,
    LineKind,
    Measure,
    PairTouch,
    Rules,
    Touch,
    WeekEvidence,
    measures_of,
)
from services.gamification.rules.service import RulesInForce

WEEK = timedelta(days=8)  # a week is never longer, whatever clocks do


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """How far back the rules in force look: for persons met before, for favours between colleagues, for anything."""

    repeat: timedelta
    reciprocity: timedelta
    reach: timedelta


@dataclass(slots=True)
class Changed:
    """The parts of weeks that may be worth something else, and what they are scored from.

    `measures` is what shares come to; shares under the model *linear* have their touches and readings instead.
    """

    parts: Parts = field(default_factory=lambda: defaultdict(set))
    dossiers: defaultdict[UUID, Dossier] = field(default_factory=lambda: defaultdict(Dossier))
    measures: Mapping[UUID, Measure] = field(default_factory=dict)


async def changed(
    tx: Transaction, told: Told, horizon: Horizon, calendars: dict[UUID, Calendar], versions: RulesInForce
) -> Changed:
    """Return the parts of weeks that what was told can change, with what they are scored from."""
    found = Changed()
    near = await measures.near(tx, told, calendars, versions, reciprocity=horizon.reciprocity)
    for facts in near.shares.values():
        found.parts[facts.ambassador_id, facts.week].add(LineKind.SHARE)
        found.dossiers[facts.ambassador_id].shares.append(facts)
    await _changed_answers(tx, told, horizon, calendars, found)
    await _changed_conversions(tx, told, calendars, found)
    await _read_whole(tx, near.whole, horizon, found)
    await _read_favours(tx, horizon, found)
    _measure_whole(near, found)
    await measures.keep(tx, near)
    found.measures = near.measures
    return found


async def _read_whole(tx: Transaction, shares: list[UUID], horizon: Horizon, found: Changed) -> None:
    """Open all touches and readings of shares, and what the same people did before."""
    if not shares:
        return
    for who, share_id, *columns in await changes.touches_on(tx, shares, repeat=horizon.repeat):
        found.dossiers[who].touches += [
            Touch(share_id, person, colleague_id, KINDS[kind], at)
            for person, colleague_id, kind, at in zip(*columns, strict=True)
        ]
    for row in await store.readings(tx, shares):
        found.dossiers[row["ambassador_id"]].readings.append(
            CountReading(share_id=row["share_id"], kind=Kind(row["kind"]), count=row["count"], at=row["at"])
        )


async def _read_favours(tx: Transaction, horizon: Horizon, found: Changed) -> None:
    """Open the favours that touches and answers in the dossiers are weighed by."""
    wanted = [
        (ambassador_id, *span)
        for ambassador_id, dossier in found.dossiers.items()
        for span in pair_spans(dossier, ambassador_id, horizon.reciprocity)
    ]
    for of, by, author, at in await changes.favours(tx, wanted) if wanted else ():
        found.dossiers[of].pair_touches.append(PairTouch(by=by, author=author, at=at))


def _measure_whole(near: Near, found: Changed) -> None:
    """Measure the shares that were read whole, those of one week together."""
    weeks = defaultdict[Week, list[UUID]](list)
    for share_id in near.whole:
        if isinstance(near.rules[share_id], Rules):
            weeks[near.shares[share_id].ambassador_id, near.shares[share_id].week].append(share_id)
    for (ambassador_id, week), share_ids in weeks.items():
        dossier, rules = found.dossiers[ambassador_id], near.rules[share_ids[0]]
        assert isinstance(rules, Rules), "one version holds for a week"
        evidence = WeekEvidence(
            ambassador_id=ambassador_id,
            week=week,
            shares=tuple(near.shares[share_id] for share_id in share_ids),
            touches=tuple(dossier.touches),
            readings=tuple(dossier.readings),
            pair_touches=tuple(dossier.pair_touches),
        )
        near.measures.update(measures_of(rules, evidence))
        near.changed.update(share_ids)


async def _changed_answers(
    tx: Transaction, told: Told, horizon: Horizon, calendars: dict[UUID, Calendar], found: Changed
) -> None:
    """Note the weeks of changed answers and open their answers, with those of the days before."""
    gone = [one for one in told.withdrawn if one.kind == "reply"]
    if not told.answers and not gone and not any(told.between_colleagues):
        return
    spans = Touched()
    gone_at = [(one.ambassador_id, one.occurred_at) for one in gone]  # their weeks may have no answer left
    changed_at = await changes.changed_answers(tx, told, reach=horizon.reach, reciprocity=horizon.reciprocity)
    for ambassador_id, at in (*changed_at, *gone_at):
        if calendar := told.calendar(ambassador_id, calendars):
            found.parts[ambassador_id, calendar.week(at)].add(LineKind.REPLIES)
            spans.add(calendar.programme_id, ambassador_id, at)
    wide = [stretch.widened(WEEK + horizon.reach) for stretch in spans.stretches()]
    for row in await store.answers(tx, wide, reach=horizon.reach) if wide else ():
        found.dossiers[row["ambassador_id"]].answers.append(answer_of(row))


async def _changed_conversions(tx: Transaction, told: Told, calendars: dict[UUID, Calendar], found: Changed) -> None:
    """Note the weeks of all conversions of these visitors: an earlier one takes the place of a later one."""
    gone = [one for one in told.withdrawn if one.kind == "conversion"]
    of = [*told.conversions, *gone]
    if not of:
        return
    spans = Touched()
    same = await store.conversions_by(tx, [one.share_id for one in of], [one.person for one in of])
    gone_at = [(one.ambassador_id, one.occurred_at) for one in gone]  # their weeks may have no conversion left
    for ambassador_id, at in (*((row["ambassador_id"], row["at"]) for row in same), *gone_at):
        if calendar := told.calendar(ambassador_id, calendars):
            found.parts[ambassador_id, calendar.week(at)].add(LineKind.CONVERSIONS)
            spans.add(calendar.programme_id, ambassador_id, at)
    wide = [stretch.widened(WEEK) for stretch in spans.stretches()]
    for row in await store.conversions(tx, wide) if wide else ():
        found.dossiers[row["ambassador_id"]].conversions.append(
            Conversion(share_id=row["share_id"], visitor=row["visitor"], at=row["at"])
        )
