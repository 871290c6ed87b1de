"""What new touches make of shares: each person's part anew, all else as it is held; `changes` reads what is left."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from libs.storage.database import Transaction
from services.gamification.evidence import store
from services.gamification.evidence.domain import KINDS, Told
from services.gamification.evidence.service import share_facts
from services.gamification.evidence.store import measures
from services.gamification.members.domain import Calendar
from services.gamification.rules.domain import (
    Measure,
    Meter,
    PairTouch,
    Relation,
    Rules,
    Scale,
    ShareFacts,
    Touch,
    grow,
)
from services.gamification.rules.domain.documents import AnyRules
from services.gamification.rules.service import RulesInForce

Pair = tuple[UUID, UUID]  # two colleagues, in the order of their ids
Favours = Mapping[Pair, tuple[Sequence[PairTouch], Sequence[PairTouch]]]  # known and new ones


@dataclass(slots=True)
class Near:
    """The shares of weeks in which one may be worth something else, and what is known of them.

    `measures` has what they come to, where that is held under the rules in force; the others must be read whole.
    """

    shares: dict[UUID, ShareFacts] = field(default_factory=dict)
    rules: dict[UUID, AnyRules] = field(default_factory=dict)
    measures: dict[UUID, Measure] = field(default_factory=dict)
    changed: set[UUID] = field(default_factory=set)

    @property
    def whole(self) -> list[UUID]:
        """Return the shares of which every touch must be read."""
        return [share_id for share_id in self.shares if share_id not in self.measures]


async def near(
    tx: Transaction, told: Told, calendars: Mapping[UUID, Calendar], versions: RulesInForce, *, reciprocity: timedelta
) -> Near:
    """Return the weeks in which shares change, with measures that count what is told."""
    relations = await _relations(tx, told, reciprocity)
    authors = told.shares | {share_id: relation.author for relation in relations for share_id in relation.shares}
    zones = {share: one.time_zone for share, who in authors.items() if (one := told.calendar(who, calendars))}
    if not zones:
        return Near()
    found = await _of_weeks(tx, told, zones, calendars, versions)
    meters = _meters(found, zones.keys() & found.measures.keys())
    for relation in relations:
        grow(meters, relation)
    found.changed = zones.keys() & found.shares.keys() - found.measures.keys()
    for share_id, meter in meters.items():
        if meter.measure != found.measures[share_id]:
            found.measures[share_id] = meter.measure
            found.changed.add(share_id)
    return _concerned(found)


async def keep(tx: Transaction, found: Near) -> None:
    """Hold the measures of shares that changed."""
    rows = [
        (share_id, found.shares[share_id].ambassador_id, found.rules[share_id].version, *found.measures[share_id])
        for share_id in sorted(found.changed & found.measures.keys())
    ]
    await measures.put(tx, rows)


async def _relations(tx: Transaction, told: Told, reciprocity: timedelta) -> list[Relation]:
    """Return each person with an author whom new touches concern, and colleagues whose favours are now returned."""
    found = {(one.ambassador_id, one.person) for one in told.touches}
    favours = await _favours(tx, told, reciprocity, found)
    wanted = list(found)
    known, new = defaultdict[int, list[Touch]](list), defaultdict[int, list[Touch]](list)
    for number, share_id, colleague_id, kind, at, is_new in await measures.relations(tx, wanted) if wanted else ():
        touch = Touch(share_id, wanted[number - 1][1], colleague_id, KINDS[kind], at)
        (new if is_new else known)[number - 1].append(touch)
    return [
        _relation(author, known[number], new[number], favours)
        for number, (author, _) in enumerate(wanted)
        if number in new or favours
    ]


def _relation(author: UUID, known: Sequence[Touch], new: Sequence[Touch], favours: Favours) -> Relation:
    colleagues = {touch.colleague_id for touch in (*known, *new) if touch.colleague_id is not None} if favours else ()
    between = [favours[pair] for one in colleagues if (pair := _pair(author, one)) in favours]
    return Relation(
        author=author,
        known=known,
        new=new,
        known_favours=[favour for known_ones, _ in between for favour in known_ones],
        new_favours=[favour for _, new_ones in between for favour in new_ones],
    )


async def _favours(tx: Transaction, told: Told, reciprocity: timedelta, wanted: set[tuple[UUID, str]]) -> Favours:
    """Return the favours around new ones; whose touches came after a new one is added to what is wanted."""
    times = defaultdict[Pair, list[datetime]](list)
    for one, other, at in told.between_colleagues:
        times[_pair(one, other)].append(at)
    if not times:
        return {}
    spans = [(*pair, min(at) - reciprocity, max(at) + reciprocity) for pair, at in times.items()]
    favours: dict[Pair, tuple[list[PairTouch], list[PairTouch]]] = {pair: ([], []) for pair in times}
    for author, by, person, at, is_new in await measures.favours(tx, spans):
        pair = _pair(author, by)
        favours[pair][is_new].append(PairTouch(by, author, at))
        if at >= min(times[pair]):
            wanted.add((author, person))
    return favours


def _pair(one: UUID, other: UUID) -> Pair:
    return (one, other) if one.int < other.int else (other, one)


async def _of_weeks(
    tx: Transaction,
    told: Told,
    zones: Mapping[UUID, str],
    calendars: Mapping[UUID, Calendar],
    versions: RulesInForce,
) -> Near:
    """Return all shares of the weeks of these, with their measures as they were before what is new."""
    found, held = Near(), {}
    for row in await measures.shares_of_weeks(tx, zones):
        if calendar := told.calendar(row.ambassador_id, calendars):
            facts = share_facts(row, calendar)
            rules = versions.for_week(calendar.programme_id, facts.week)
            found.shares[facts.share_id], found.rules[facts.share_id] = facts, rules
            if isinstance(rules, Rules) and rules.version == row.rules_version:
                held[facts.share_id] = Measure(*row[-len(Measure._fields) :])
    # who is named later is no longer among those whom a network counts: such a share is read whole
    counted = {row["share_id"] for row in await store.readings(tx, list(zones.keys() & held.keys()))}
    found.measures = {share_id: measure for share_id, measure in held.items() if share_id not in counted}
    return found


def _meters(found: Near, share_ids: Iterable[UUID]) -> dict[UUID, Meter]:
    scales: dict[int, Scale] = {}  # by identity: programmes number their versions alike
    meters = {}
    for share_id in share_ids:
        rules = found.rules[share_id]
        assert isinstance(rules, Rules), "only these have measures"
        if id(rules) not in scales:
            scales[id(rules)] = Scale(rules)
        meters[share_id] = Meter(scales[id(rules)], found.shares[share_id], found.measures[share_id])
    return meters


def _concerned(found: Near) -> Near:
    """Return only the weeks in which a share changes."""
    weeks = {(found.shares[share_id].ambassador_id, found.shares[share_id].week) for share_id in found.changed}
    found.shares = {
        share_id: facts for share_id, facts in found.shares.items() if (facts.ambassador_id, facts.week) in weeks
    }
    return found
