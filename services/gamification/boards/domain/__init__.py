"""How a board stands in Valkey: key names and the bytes of a member.

All keys of a board share one hash tag, so that a cluster keeps them in one slot: `board:{id}` its definition and
whether it is complete, `:k` by whom those under a pseudonym may be found; for each period `:z` the sorted set, `:m` who
arrived when, `:v` sequence, version, time and whether the period is complete, `:s` how those appear who have chosen to.
A member is the inverted arrival and the ambassador's or the team's id, so that among equal scores the byte order puts
first who reached the score first.
"""

from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID, uuid5

from services.gamification.boards.domain.definition import Anonymity

READY = "boards:ready"
LAST_ARRIVAL = 2**64 - 1


class Standing(NamedTuple):
    """What an ambassador or a team has reached in one period, in thousandths, and the number of its last change.

    Without a score there is no row any more.
    """

    period: str
    row_id: UUID
    score: int | None
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """An ambassador's team and key, how they want to appear, and the version of that choice (0: never chosen)."""

    team_id: UUID | None = None
    boards: Anonymity = "name"
    choice: int = 0
    subject_key: str = ""


def default_board_id(programme_id: UUID) -> UUID:
    """Return the id of a programme's points board: the same in every replay (UUIDv5, RFC 9562)."""
    return uuid5(programme_id, "points")


def definition_key(board_id: UUID) -> str:
    """Return the key of a board's definition."""
    return f"board:{{{board_id}}}"


def owners_key(board_id: UUID) -> str:
    """Return the key of the hash of who may find whom by id: ambassador → keyed hash of the token's subject."""
    return f"{definition_key(board_id)}:k"


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
