"""When a season begins and ends, which state follows which, and the digest of its standings."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from hashlib import sha256
from uuid import UUID
from zoneinfo import ZoneInfo

from libs.periods import WEEKS_IN_A_SEASON, season_of
from services.gamification.members.domain import Calendar

LENGTH = timedelta(weeks=WEEKS_IN_A_SEASON)


class State(StrEnum):
    """What has become of a season; each state is followed by the next one and by no other."""

    OPEN = "open"
    FROZEN = "frozen"
    SETTLED = "settled"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True)
class Season:
    """One season of a programme: its name, its first local day, and the instant at which it is over."""

    programme_id: UUID
    name: str
    first_day: date
    ends_at: datetime


def seasons_until(calendar: Calendar, now: datetime) -> list[Season]:
    """Return the seasons of a programme that have begun, oldest first. They follow each other, so none overlaps."""
    monday = calendar.first_day - timedelta(days=calendar.first_day.weekday())
    found = []
    while monday <= calendar.day(now):
        after = monday + LENGTH
        midnight = datetime.combine(after, time.min, ZoneInfo(calendar.time_zone))
        name = season_of(monday, calendar.first_day)
        found.append(Season(calendar.programme_id, name, monday, midnight.astimezone(UTC)))
        monday = after
    return found


def next_state(state: State, ends_at: datetime, *, grace: timedelta, now: datetime) -> State | None:
    """Return the state that is due; None while there is nothing to do.

    A season is frozen when the grace for late events is over, settled after that, archived when the next has closed.
    """
    due = {
        State.OPEN: (ends_at + grace, State.FROZEN),
        State.FROZEN: (ends_at + grace, State.SETTLED),
        State.SETTLED: (ends_at + LENGTH + grace, State.ARCHIVED),
    }
    at, following = due.get(state, (None, None))
    return following if at is not None and at <= now else None


def digest_of(standings: Iterable[tuple[int, UUID, int]]) -> str:
    """Return the SHA-256 of place, ambassador and milli-points, a line for each in their order."""
    found = sha256()
    for place, ambassador_id, milli_points in standings:
        found.update(f"{place} {ambassador_id} {milli_points}\n".encode())
    return found.hexdigest()
