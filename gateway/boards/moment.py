"""What a whole period of a board is at one moment: its state, version and size."""

from collections.abc import Sequence
from typing import Any, Literal

State = Literal["ready", "absent", "pending", "unchanged"]


class Moment:
    """The ledger's sequence and the number of changes so far, the time of the last (ISO, or nothing), and all rows.

    `known` is the version as PAGE is told that it is known; `facts` are equal when the rows are.
    """

    __slots__ = ("at", "facts", "known", "sequence", "state", "total")

    def __init__(self, state: State, *, sequence: int, version: int, at: str, total: int) -> None:
        """Take what was read."""
        self.state, self.sequence, self.at, self.total = state, sequence, at, total
        self.known = f"{sequence} {version} {at}"
        self.facts = f"{state} {self.known}"

    @classmethod
    def of(cls, found: Sequence[Any]) -> "Moment":
        """Return what a script's answer begins with."""
        state, sequence, version, at, total = found[:5]
        return cls(state.decode(), sequence=int(sequence), version=int(version), at=at.decode(), total=total)
