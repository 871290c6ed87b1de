"""When a season begins and ends, whether one may be planned, which state follows which, and the digest of standings."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from hashlib import sha256
from itertools import takewhile
from uuid import UUID
from zoneinfo import ZoneInfo

from libs import periods
from libs.periods import WEEK, PlannedSeason
from libs.problems import FieldError
from services.gamification.members.domain import Calendar
from services.gamification.seasons.errors import InvalidSeason

FARTHEST = timedelta(days=5 * 366)  # from today to the first day of a planned season


class State(StrEnum):
    """What has become of a season; each state is followed by the next one and by no other."""

    OPEN = "open"
    FROZEN = "frozen"
    SETTLED = "settled"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True)
class Season:
    """One season of a programme: its name, its first local day, its length, and the instant at which it is over."""

    programme_id: UUID
    name: str
    first_day: date
    weeks: int
    ends_at: datetime


def seasons_until(calendar: Calendar, now: datetime) -> list[Season]:
    """Return the seasons of a programme that have begun, oldest first. They follow each other, so none overlaps."""
    return _until(calendar, calendar.day(now))


def seasons_known(calendar: Calendar, now: datetime) -> list[Season]:
    """Return the same, and those to come as far as the programme has planned."""
    return _until(calendar, max([calendar.day(now), *(one.first_monday for one in calendar.planned)]))


def _until(calendar: Calendar, day: date) -> list[Season]:
    return [_season(calendar, one) for one in takewhile(lambda one: one.first_monday <= day, calendar.seasons())]


def _season(calendar: Calendar, one: periods.Season) -> Season:
    midnight = datetime.combine(one.after, time.min, ZoneInfo(calendar.time_zone))
    weeks = (one.after - one.first_monday) // WEEK
    return Season(calendar.programme_id, one.name, one.first_monday, weeks, midnight.astimezone(UTC))


def check_plan(calendar: Calendar, wanted: PlannedSeason, today: date) -> None:
    """Raise InvalidSeason, which names the field, unless a season may be planned on a local day."""
    if reason := _not_then(calendar, wanted.first_monday, today):
        raise InvalidSeason(reason, errors=[FieldError("first_monday", reason)])
    for one in calendar.planned:
        if one.first_monday < wanted.after and wanted.first_monday < one.after:
            inside = wanted.first_monday >= one.first_monday
            reason = f"it overlaps the season planned from {one.first_monday} to {one.after - timedelta(days=1)}"
            raise InvalidSeason(reason, errors=[FieldError("first_monday" if inside else "weeks", reason)])


def _not_then(calendar: Calendar, first_monday: date, today: date) -> str | None:
    """Return why a season cannot begin on a day; None when it can, as far as other planned ones allow."""
    if first_monday.weekday():
        return "must be a Monday"
    if first_monday <= today:
        return "must lie in the future"
    if first_monday - today > FARTHEST:
        return "must lie within five years"
    current = next(one for one in calendar.seasons() if today < one.after)
    if first_monday < current.first_monday:
        return f"the programme begins in the week of {current.first_monday}"
    if current.first_monday <= today and first_monday < current.after:
        return f"it overlaps the season {current.name}, which runs until {current.after - timedelta(days=1)}"
    return None


def next_state(
    state: State, ends_at: datetime, next_ends_at: datetime | None, *, grace: timedelta, now: datetime
) -> State | None:
    """Return the state that is due; None while there is nothing to do.

    A season is frozen when the grace for late events is over, settled after that, archived when the next has closed.
    """
    over, next_over = ends_at + grace <= now, next_ends_at is not None and next_ends_at + grace <= now
    due = {
        State.OPEN: (over, State.FROZEN),
        State.FROZEN: (over, State.SETTLED),
        State.SETTLED: (next_over, State.ARCHIVED),
    }
    is_due, following = due.get(state, (False, None))
    return following if is_due else None


def shared_ranks(milli_points: Iterable[int]) -> list[int]:
    """Return the ranks of totals in falling order: 1 + how many hold more (equal totals share a rank, 1-2-2-4)."""
    ranks: list[int] = []
    last: int | None = None
    for place, total in enumerate(milli_points, start=1):
        ranks.append(ranks[-1] if total == last else place)
        last = total
    return ranks


def digest_of(standings: Iterable[tuple[int, UUID, int]]) -> str:
    """Return the SHA-256 of place, ambassador and milli-points, a line for each in their order."""
    found = sha256()
    for place, ambassador_id, milli_points in standings:
        found.update(f"{place} {ambassador_id} {milli_points}\n".encode())
    return found.hexdigest()
