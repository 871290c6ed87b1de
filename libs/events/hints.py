"""Hints: that something may look different now, told at most once over core NATS and kept nowhere.

The truth is elsewhere, and whoever hears a hint looks there. A hint that is lost costs time, never a fact.
"""

from dataclasses import dataclass
from uuid import UUID

BOARDS = "hints.boards"  # the subject; outside of all streams, so that no hint is stored


@dataclass(frozen=True, slots=True)
class BoardHint:
    """A board may show something else in one period, or (None) in any of them."""

    board_id: UUID
    period: str | None = None

    def text(self) -> str:
        """Return the line that travels."""
        return f"{self.board_id} {self.period or ''}".rstrip()

    @classmethod
    def read(cls, text: str) -> "BoardHint":
        """Return what `text` said. Raises ValueError for any other line."""
        board_id, _, period = text.partition(" ")
        return cls(UUID(board_id), period or None)
