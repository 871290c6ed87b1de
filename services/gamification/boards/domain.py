"""How a board stands in Valkey: key names and the bytes of a member.

All keys of a board share one hash tag, so that a cluster keeps them in one slot: `board:{id}` its definition and
whether it is complete; for each period `:z` the sorted set, `:m` who arrived when, `:v` sequence, version, time and
whether the period is complete, `:s` how those appear who have chosen to. A member is the inverted arrival and the
ambassador's id, so that among equal scores the byte order puts first who reached the score first.
"""

from dataclasses import dataclass
from typing import Literal, get_args
from uuid import UUID, uuid5

READY = "boards:ready"
LAST_ARRIVAL = 2**64 - 1

Tie = Literal["first", "shared"]
Anonymity = Literal["name", "pseudonym", "hidden"]
Metric = Literal["points", "conversation", "originality", "reactions_received", "engagement_per_share"]
METRICS: tuple[str, ...] = get_args(Metric)
LEAST_SHARES = 3  # fewer say nothing about a mean
# a mean is drawn towards these, in thousandths, as if by ten more shares: (x + 10 p0) / (n + 10)
PRIOR_SHARES = 10
PRIORS = {"originality": 500, "engagement_per_share": 2000}


@dataclass(frozen=True, slots=True)
class Standing:
    """What an ambassador has reached in a metric in one period, in thousandths, and the entry that last changed it."""

    period: str
    ambassador_id: UUID
    score: int
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """Whose team an ambassador is in, how they want to appear, and the version of that choice (0: never chosen)."""

    team_id: UUID | None = None
    boards: Anonymity = "name"
    choice: int = 0


def score_of(metric: str, amount: int, shares: int) -> int | None:
    """Return what a metric shows, in thousandths, for a sum in thousandths; None for too few shares."""
    if metric not in PRIORS:
        return amount
    if shares < LEAST_SHARES:
        return None
    return (amount + PRIOR_SHARES * PRIORS[metric]) // (shares + PRIOR_SHARES)


def default_board_id(programme_id: UUID) -> UUID:
    """Return the id of a programme's points board: the same in every replay (UUIDv5, RFC 9562)."""
    return uuid5(programme_id, "points")


def definition_key(board_id: UUID) -> str:
    """Return the key of a board's definition."""
    return f"board:{{{board_id}}}"


def period_keys(board_id: UUID, period: str) -> tuple[str, str, str, str]:
    """Return the keys of scores, arrivals, version and appearances of a period."""
    stem = f"{definition_key(board_id)}:{period}"
    return f"{stem}:z", f"{stem}:m", f"{stem}:v", f"{stem}:s"


def arrival_bytes(sequence: int) -> bytes:
    """Return a ledger sequence as eight bytes in the order of numbers."""
    return sequence.to_bytes(8, "big")


def member_bytes(ambassador_id: UUID, sequence: int) -> bytes:
    """Return the member of an ambassador who reached their score at a ledger sequence."""
    return arrival_bytes(LAST_ARRIVAL - sequence) + ambassador_id.bytes
