"""What the standings of a board add up: lines of the ledger or counters, each with its week and, if known, its day."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.gamification.boards.domain.definition import Definition, score_of
from services.gamification.boards.domain.periods import Periods


@dataclass(frozen=True, slots=True)
class Piece:
    """An amount in thousandths, and over how many shares. Without a day it belongs to the week as a whole."""

    ambassador_id: UUID
    week: str
    day: date | None
    amount: int
    shares: int


def sums(board: Definition, pieces: Iterable[Piece], periods: Periods) -> dict[tuple[UUID, str], int]:
    """Return what the pieces come to on a board, in thousandths, by ambassador and period; who has too few is out."""
    found: defaultdict[tuple[UUID, str], list[int]] = defaultdict(lambda: [0, 0])
    for piece in pieces:
        for period in periods.names(piece.week, piece.day):
            held = found[piece.ambassador_id, period]
            held[0] += piece.amount
            held[1] += piece.shares
    scored = {key: score_of(board.metric, *held) for key, held in found.items() if held[1] >= board.min_shares}
    return {key: score for key, score in scored.items() if score is not None}
