"""Reading what counts for ambassadors on a board: lines of the ledger, with where they were published, or counters."""

from collections.abc import Collection
from uuid import UUID

from libs.periods import week_of
from libs.storage.database import Transaction
from services.gamification.boards.domain.definition import COUNTERS
from services.gamification.boards.domain.pieces import Piece
from services.gamification.boards.tables import Board
from services.gamification.counters import service as counters
from services.gamification.counters.domain import CounterName
from services.gamification.evidence.service.published import Published, published
from services.gamification.ledger import service as ledger
from services.gamification.ledger.domain import Worth
from services.gamification.members.domain import Calendar
from services.gamification.rules.domain import LineKind


async def pieces_of(tx: Transaction, board: Board, people: Collection[UUID], calendar: Calendar) -> list[Piece]:
    """Return what counts for these ambassadors on a board."""
    if board.metric in COUNTERS:
        return await _of_counters(tx, board, people)
    lines = await ledger.lines_of(tx, people, board.metric)
    if not (board.campaign_id or board.network or "day" in board.periods):
        return [_of_week(line) for line in lines]
    shares = await published(tx, people)
    of_shares = [
        Piece(line.ambassador_id, line.week, calendar.day(share.published_at), line.amount, 1)
        for line in lines
        if line.kind == LineKind.SHARE and (share := shares.get(line.share_id)) and _within(board, share)
    ]
    if board.campaign_id or board.network:  # what belongs to a week as a whole belongs to none of them
        return of_shares
    return of_shares + [_of_week(line) for line in lines if line.kind != LineKind.SHARE]


def _of_week(line: Worth) -> Piece:
    return Piece(line.ambassador_id, line.week, None, line.amount, int(line.kind == LineKind.SHARE))


def _within(board: Board, share: Published) -> bool:
    return board.campaign_id in {None, share.campaign_id} and board.network in {None, share.network}


async def _of_counters(tx: Transaction, board: Board, people: Collection[UUID]) -> list[Piece]:
    shares = CounterName.SHARES.value
    return [
        Piece(
            one.ambassador_id,
            week_of(one.day),
            one.day,
            1000 * one.value if one.name == board.metric else 0,
            one.value if one.name == shares else 0,
        )
        for one in await counters.days(tx, people, {board.metric, shares})
    ]
