"""Standings as they appear on a board: who hides is off it, who has a pseudonym can be found by themself alone."""

from collections.abc import Iterable

from services.gamification.boards.domain import Standing
from services.gamification.boards.projection import Score
from services.gamification.boards.service import UNCHOSEN, Appearances
from services.gamification.boards.tables import Board


def scores(board: Board, standings: Iterable[Standing], known: Appearances) -> list[Score]:
    """Return standings as they appear on a board; teams appear under their names."""
    found = []
    for one in standings:
        appearance = UNCHOSEN if board.subject == "team" else known.get(one.row_id, UNCHOSEN)
        named = board.anonymity == "name" and appearance.boards == "name"
        found.append(
            Score(
                board_id=board.id,
                period=one.period,
                row_id=one.row_id,
                milli_points=one.score,
                sequence=one.sequence,
                appearance=appearance.boards,
                choice=appearance.choice,
                owner="" if named else appearance.subject_key,
            )
        )
    return found
