"""What boards show that follow the ledger's balances: each balance is fenced by the number of its last entry."""

from collections.abc import Collection, Sequence
from uuid import UUID

from libs.events.gamification import PointsAwarded
from libs.storage.database import Transaction
from services.gamification.boards.domain import Standing
from services.gamification.boards.service import Appearances
from services.gamification.boards.tables import Board
from services.gamification.ledger import service as ledger


async def standings_of(tx: Transaction, board: Board, ambassador_ids: Collection[UUID]) -> list[Standing]:
    """Return what the ledger holds of these ambassadors in every period."""
    return [
        Standing(row.period, row.ambassador_id, row.milli_points, row.sequence)
        for row in await ledger.balances_of_people(tx, board.programme_id, list(ambassador_ids))
    ]


def told(board: Board, events: Sequence[PointsAwarded]) -> list[Standing]:
    """Return what entries led to on a board: the latest of each ambassador and period."""
    latest: dict[tuple[str, UUID], Standing] = {}
    for event in sorted(events, key=lambda event: event.sequence):
        if event.programme_id == board.programme_id:
            for one in event.balances:
                standing = Standing(one.period, event.ambassador_id, one.milli_points, one.sequence)
                latest[one.period, event.ambassador_id] = standing
    return list(latest.values())


def standing_on(board: Board, standings: Sequence[Standing], known: Appearances) -> list[Standing]:
    """Return those of the standings that are of the board's team and periods."""
    return [
        one
        for one in standings
        if kind_of(one.period) in board.periods
        and (board.team_id is None or ((who := known.get(one.row_id)) is not None and who.team_id == board.team_id))
    ]


def kind_of(period: str) -> str:
    """Return whether a balance's period is of all time, a season or a week."""
    return "all" if period == "all" else "season" if period.startswith("S") else "week"
