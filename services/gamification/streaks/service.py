"""Use cases of streaks: follow what ambassadors do, let them choose a cadence, read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from libs.periods import week_of
from libs.storage.database import Transaction
from services.gamification.counters import service as counters
from services.gamification.counters.domain import Counted, window
from services.gamification.evidence import service as evidence
from services.gamification.evidence.domain import Stretch
from services.gamification.ledger import service as ledger
from services.gamification.members import service as members
from services.gamification.members.tables import Member
from services.gamification.streaks import store
from services.gamification.streaks.domain import Cadence, Cadences, Streak, streak, weekly
from services.gamification.streaks.tables import CadenceRow

STREAK_WEEKS = "streak_weeks"  # the counter of the longest streak
DAY = timedelta(days=1)
WEEK = timedelta(days=9)  # a week, and the day before and after it that another time zone can add


async def settle_streaks(tx: Transaction, counted: Sequence[Counted], *, now: datetime) -> list[UUID]:
    """Bring the weeks that days touch, and the longest streaks, to what the evidence says; returns whose it changed."""
    if not counted:
        return []
    calendars = await members.calendars(tx, {one.programme_id for one in counted})
    chosen = await store.cadences(tx, [one.ambassador_id for one in counted])
    stretches = [_stretch(one, calendars[one.programme_id].time_zone) for one in counted]
    activity = await evidence.activity(tx, stretches)
    held = await store.weeks(tx, [one.ambassador_id for one in counted])
    changed, longest = {}, {}
    for one in counted:
        cadences = Cadences(chosen[one.ambassador_id], calendars[one.programme_id].time_zone)
        weeks = held[one.ambassador_id]
        touched = _touched(one, weekly(activity[one.ambassador_id], cadences), weeks)
        if touched:
            changed[one.ambassador_id] = touched
            done = {week: n for week, n in {**weeks, **touched}.items() if n}
            longest[one.ambassador_id] = streak(done, cadences, cadences.week(now)).longest
    await store.put_weeks(tx, changed)
    await counters.put(tx, STREAK_WEEKS, longest)
    return list(longest)


def _stretch(counted: Counted, time_zone: str) -> Stretch:
    since, until = window(counted, time_zone)
    return Stretch(counted.ambassador_id, counted.programme_id, since - WEEK, until + WEEK)


def _touched(counted: Counted, found: dict[str, int], held: dict[str, int]) -> dict[str, int]:
    """Return those weeks of the counted days that now hold something else."""
    first, last = week_of(counted.first - DAY), week_of(counted.last + DAY)
    weeks = {week for week in found.keys() | held.keys() if first <= week <= last}
    return {week: found.get(week, 0) for week in weeks if found.get(week, 0) != held.get(week, 0)}


@dataclass(frozen=True, slots=True)
class Standing:
    """The cadence that holds now, and the streak."""

    cadence: Cadence
    streak: Streak


async def streak_of(tx: Transaction, member: Member, *, now: datetime) -> Standing:
    """Return an ambassador's cadence and streak. A streak ends by time alone, so it is computed when it is read."""
    cadences = await _cadences(tx, member)
    done = (await store.weeks(tx, [member.id]))[member.id]
    return Standing(cadences.at(now), streak(done, cadences, cadences.week(now)))


async def _cadences(tx: Transaction, member: Member) -> Cadences:
    calendar = (await members.calendars(tx, [member.programme_id])).get(member.programme_id)
    zone = calendar.time_zone if calendar else "UTC"  # nothing is counted before the calendar is known
    return Cadences((await store.cadences(tx, [member.id]))[member.id], zone)


async def choose_cadence(
    tx: Transaction, member: Member, *, target: int, time_zone: str, paused: bool, now: datetime
) -> Standing:
    """Let an ambassador choose; the week of the choice and those after it are judged by it, earlier ones are not."""
    await members.calendars(tx, [member.programme_id])  # held before the account, as a settlement does
    await ledger.hold_account(tx, member.id)  # nothing is counted for them meanwhile
    row = CadenceRow(ambassador_id=member.id, since=now, target=target, time_zone=time_zone, paused=paused)
    await store.choose(tx, row)
    standing = await streak_of(tx, member, now=now)
    if standing.streak.longest:
        await counters.put(tx, STREAK_WEEKS, {member.id: standing.streak.longest})
    return standing
