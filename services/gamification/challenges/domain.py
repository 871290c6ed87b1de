"""What a challenge is, and how it stands."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from services.gamification.challenges.errors import ChallengeBegun, ChallengeOver
from services.gamification.counters.domain import CounterName

Kind = Literal["individual", "collective"]
LONGEST_DAYS = 366


class State(StrEnum):
    """Where a challenge is in its life; only a collective one is completed as a whole."""

    UPCOMING = "upcoming"
    OPEN = "open"
    COMPLETED = "completed"
    ENDED = "ended"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A challenge as a manager sets it; both days are included."""

    kind: Kind
    title: str
    counter: CounterName
    first_day: date
    last_day: date
    target: int


@dataclass(frozen=True, slots=True)
class Part:
    """What one ambassador brings to a challenge, and when they reached its target alone."""

    ambassador_id: UUID
    value: int
    completed_at: datetime | None = None


def state_of(
    first_day: date, last_day: date, today: date, *, completed_at: datetime | None, cancelled_at: datetime | None
) -> State:
    """Return the state on a local day. What is told late still counts, so an ended one can yet be completed."""
    if cancelled_at is not None:
        return State.CANCELLED
    if completed_at is not None:
        return State.COMPLETED
    if today < first_day:
        return State.UPCOMING
    return State.OPEN if today <= last_day else State.ENDED


def check_changeable(state: State) -> None:
    """Raise ChallengeBegun unless a challenge is still to come."""
    if state is not State.UPCOMING:
        raise ChallengeBegun(f"it is {state.value}; cancel it and set another")


def check_cancellable(state: State) -> None:
    """Raise ChallengeOver unless a challenge is still to come or open."""
    if state not in {State.UPCOMING, State.OPEN}:
        raise ChallengeOver(f"it is {state.value}")


def done(value: int, target: int) -> float:
    """Return how much of a target is reached, 0 to 1."""
    return min(1.0, round(max(0, value) / target, 4))
