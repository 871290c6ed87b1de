"""The keys under which gamification keeps boards in Valkey, and the form of their members.

    boards:ready             set once every definition has been written
    board:{id}               hash: programme_id, title, time_zone, first_day (ISO date), ready ("1" once it is whole);
                             and, where they are not the default, seasons (those planned), metric, tie, anonymity, salt,
                             subject, periods (kinds, separated by commas)
    board:{id}:k             hash: ambassador → keyed hash of the token's subject, of those under a pseudonym
    board:{id}:<period>:z    sorted set: member → milli-points
    board:{id}:<period>:m    hash: ambassador → arrival
    board:{id}:<period>:v    hash: sequence (of the ledger, the highest applied), version (changes so far), at (ISO
                             time of the last), ready ("1" once the period is whole)
    board:{id}:<period>:s    hash: ambassador → "<version>:<name, pseudonym or hidden>", of those who have chosen

An id stands between braces: the hash tag that keeps a board in one slot of a cluster. An ambassador, or on a board of
teams a team, is the 16 bytes of the UUID, an arrival 8 bytes, big-endian; a member is the complement of the arrival
followed by the ambassador, so that the order of bytes, downwards, puts the earlier arrival first among equal scores. An
arrival without a member is of a row that is gone. The keys of a day expire.

Once a board is whole, a missing `v` means that nobody has earned points in that period.
"""

from typing import NamedTuple
from uuid import UUID

ALL_DEFINED = b"boards:ready"
ARRIVAL_BYTES = 8


def definition_key(board_id: UUID) -> str:
    """Return the key of a board's definition."""
    return f"board:{{{board_id}}}"


class PeriodKeys(NamedTuple):
    """The keys of one board in one period, in the order in which scripts take them."""

    scores: str
    arrivals: str
    version: str
    definition: str
    appearances: str
    owners: str

    @classmethod
    def of(cls, board_id: UUID, period: str) -> "PeriodKeys":
        """Return them for a concrete period (`all`, `S001`, `2026-W47`)."""
        board = definition_key(board_id)
        scores, arrivals, version, appearances = (f"{board}:{period}:{part}" for part in "zmvs")
        return cls(scores, arrivals, version, board, appearances, f"{board}:k")


def ambassador_of(member: bytes) -> bytes:
    """Return the UUID's bytes in a member."""
    return member[ARRIVAL_BYTES:]
