"""Use cases of counters: count again what new facts touch, and read."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from libs.storage.database import Transaction
from services.gamification.counters import store
from services.gamification.counters.domain import Counted, CounterName, DayCount, Recounted, midnights, span_of, window
from services.gamification.evidence import service as evidence
from services.gamification.evidence.domain import Stretch
from services.gamification.evidence.service import patterns
from services.gamification.members import service as members

GROUP = 5000


async def recount(tx: Transaction, stretches: Sequence[Stretch]) -> Recounted:
    """Count the local days that the stretches touch again; returns them, and whose counters moved.

    Of who was never counted everything is: what was told before the programme's calendar, or before counters were.
    The caller holds the accounts, so that two counts of one ambassador follow each other.
    """
    if not stretches:
        return Recounted()
    calendars = await members.calendars(tx, {stretch.programme_id for stretch in stretches})
    known = await store.known(tx, [stretch.ambassador_id for stretch in stretches])
    whole = await evidence.extents(tx, [one.ambassador_id for one in stretches if one.ambassador_id not in known])
    counted = []
    for one in stretches:
        if calendar := calendars.get(one.programme_id):
            since, until = whole.get(one.ambassador_id, (one.since, one.until))
            first, last = calendar.day(min(since, one.since)), calendar.day(max(until, one.until))
            active = one.active or one.ambassador_id not in known
            counted.append(Counted(one.ambassador_id, one.programme_id, first, last, active))
    moved = set[UUID]()
    for programme_id, calendar in calendars.items():
        if of_programme := [one for one in counted if one.programme_id == programme_id]:
            moved |= await store.replace(tx, of_programme, await _count(tx, of_programme, calendar.time_zone))
    return Recounted(counted, moved)


async def _count(tx: Transaction, counted: Sequence[Counted], time_zone: str) -> list[DayCount]:
    first, last = span_of(counted)
    stretches = [Stretch(one.ambassador_id, one.programme_id, *window(one, time_zone)) for one in counted]
    return [
        DayCount(who, first + timedelta(days=nth - 1), name, value)
        for who, nth, name, value in await evidence.daily(tx, stretches, midnights(first, last, time_zone))
    ]


async def put(tx: Transaction, name: str, values: Mapping[UUID, int]) -> None:
    """Hold the total of a counter that another noun makes."""
    if values:
        await store.put(tx, name, values)


async def totals(tx: Transaction, ambassador_ids: Collection[UUID]) -> dict[UUID, dict[str, int]]:
    """Return what each ambassador's counters hold in all; a name that is missing holds nothing."""
    return await store.totals(tx, ambassador_ids)


async def between(
    tx: Transaction, ambassador_ids: Collection[UUID], name: CounterName, *, first: date, last: date
) -> dict[UUID, int]:
    """Return what a counter holds from a local day to a local day, both included."""
    return await store.between(tx, ambassador_ids, name.value, first, last)


async def days(tx: Transaction, ambassador_ids: Collection[UUID], names: Collection[str]) -> list[DayCount]:
    """Return what counters of these names hold of ambassadors, for each local day that has anything."""
    return await store.days(tx, ambassador_ids, names)


async def groups_of_people(tx: Transaction, programme_id: UUID) -> list[list[UUID]]:
    """Return who joined a programme or published in it, perhaps before their joining was told, by id.

    In groups that one statement can take: PostgreSQL knows no more than 32,767 parameters.
    """
    joined = await members.enrolled_since(tx, programme_id, date.min)
    people = sorted({*joined, *await patterns.authors_since(tx, programme_id)})
    return [people[start : start + GROUP] for start in range(0, len(people), GROUP)]
