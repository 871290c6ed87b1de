"""What a spotlight can be suggested for, over which weeks, and how people appear in it."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Generic, Literal, TypeVar
from uuid import UUID

from libs.periods import monday_of, week_of
from libs.problems import FieldError
from services.gamification.recognition.errors import NoSuchWeek

NEW_DAYS = 30
COMPARED_WEEKS = 4
Appearance = Literal["name", "pseudonym", "hidden"]
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Shown(Generic[Row]):
    """Something about an ambassador, and how they want to appear."""

    row: Row
    appearance: Appearance


class Ground(StrEnum):
    """Why somebody is suggested.

    conversation   most points for answers to commenters in the week
    newcomer       most points in the week among those who joined in the 30 days before its end
    improvement    largest growth of points, the four weeks up to this one against the four before
    """

    CONVERSATION = "conversation"
    NEWCOMER = "newcomer"
    IMPROVEMENT = "improvement"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One ambassador for one ground; milli-points, and for an improvement those of the weeks before."""

    ground: Ground
    ambassador_id: UUID
    milli_points: int
    before: int | None = None


def first_day(week: str) -> date:
    """Return the Monday of an ISO week. Raises NoSuchWeek."""
    try:
        monday = monday_of(week)
    except ValueError as error:
        reason = "use an ISO week such as 2026-W47"
        raise NoSuchWeek(reason, errors=[FieldError("week", reason)]) from error
    if not 1970 <= monday.year <= 9000 or week_of(monday) != week:
        raise NoSuchWeek("use an ISO week such as 2026-W47", errors=[FieldError("week", "such as 2026-W47")])
    return monday


def newcomers_since(monday: date) -> date:
    """Return the day from which on who joined is new in the week of this Monday."""
    return monday + timedelta(days=7 - NEW_DAYS)


def weeks_until(monday: date, *, skip: int = 0) -> list[str]:
    """Return four weeks in a row: the last is that of this Monday, or `skip` weeks earlier."""
    return [week_of(monday - timedelta(weeks=skip + n)) for n in reversed(range(COMPARED_WEEKS))]
