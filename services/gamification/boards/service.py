"""Use cases of boards: define them, choose how to appear on them, and what each of them must show."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from libs.events.content import ProgrammeCreated
from libs.events.gamification import VisibilitySet
from libs.storage.database import Transaction
from services.gamification.boards import store
from services.gamification.boards.domain import (
    METRICS,
    Anonymity,
    Appearance,
    Standing,
    default_board_id,
    score_of,
)
from services.gamification.boards.errors import BoardNobodyMaySee, TooManyBoards, UnknownMetric
from services.gamification.boards.projection import Score
from services.gamification.boards.tables import Board
from services.gamification.ledger import service as ledger
from services.gamification.members import service as members
from services.gamification.members.errors import ProgrammeNotFound
from services.gamification.members.tables import Member

MOST_BOARDS = 50
UNCHOSEN = Appearance()
Appearances = Mapping[UUID, Appearance]


async def open_default_board(tx: Transaction, event: ProgrammeCreated) -> None:
    """Give a programme its points board."""
    board = Board(
        id=default_board_id(event.programme_id), programme_id=event.programme_id, title=event.name, metric="points"
    )
    await store.add_unless_there(tx, board)


async def open_board(tx: Transaction, board: Board) -> Board:
    """Define a board. Raises UnknownMetric, BoardNobodyMaySee, ProgrammeNotFound, TooManyBoards."""
    if board.metric not in METRICS:
        raise UnknownMetric(f"known are {', '.join(METRICS)}")
    if board.anonymity == "hidden":
        raise BoardNobodyMaySee("choose name or pseudonym")
    if not await members.calendars(tx, [board.programme_id]):
        raise ProgrammeNotFound(f"no programme has the id {board.programme_id}")
    await store.lock_programme(tx, board.programme_id)
    if len(await store.of_programmes(tx, [board.programme_id])) >= MOST_BOARDS:
        raise TooManyBoards(f"a programme has {MOST_BOARDS} boards at most")
    await store.add_unless_there(tx, board)
    return board


async def boards_of(tx: Transaction, programme_id: UUID) -> Sequence[Board]:
    """Return the boards of a programme."""
    return await store.of_programmes(tx, [programme_id])


async def choose_appearance(tx: Transaction, member: Member, boards: Anonymity) -> int:
    """Keep how an ambassador wants to appear and tell it; returns the version of the choice."""
    version = await store.choose(tx, member.id, boards)
    _tell(tx, member, Appearance(boards=boards, choice=version))
    return version


async def show_again(tx: Transaction, ambassador_id: UUID) -> None:
    """Tell how an ambassador appears who has points already: their team is known only now."""
    member = await members.get_ambassador(tx, ambassador_id)
    if await ledger.balances_of_people(tx, member.programme_id, [ambassador_id]):
        _tell(tx, member, (await appearances(tx, [ambassador_id]))[ambassador_id])


def _tell(tx: Transaction, member: Member, appearance: Appearance) -> None:
    event = VisibilitySet(
        ambassador_id=member.id,
        programme_id=member.programme_id,
        boards=appearance.boards,
        version=appearance.choice,
    )
    tx.emit(event, key=str(member.id))


async def appearances(tx: Transaction, ambassador_ids: Collection[UUID]) -> dict[UUID, Appearance]:
    """Return the team of each ambassador, where it is known, and how they want to appear."""
    teams = await members.teams_of(tx, ambassador_ids)
    found = {one: Appearance(team_id=teams.get(one)) for one in ambassador_ids}
    for row in await store.choices(tx, ambassador_ids):
        found[row.ambassador_id] = Appearance(
            team_id=teams.get(row.ambassador_id), boards=_known(row.boards), choice=row.version
        )
    return found


def _known(boards: str) -> Anonymity:
    return "name" if boards == "name" else "pseudonym" if boards == "pseudonym" else "hidden"


async def standings_of(tx: Transaction, board: Board, ambassador_ids: Collection[UUID]) -> list[Standing]:
    """Return what the ledger holds of these ambassadors in the metric of a board, in every period."""
    people = list(ambassador_ids)
    if board.metric == "points":
        return [
            Standing(row.period, row.ambassador_id, row.milli_points, row.sequence)
            for row in await ledger.balances_of_people(tx, board.programme_id, people)
        ]
    return [
        Standing(one.period, one.ambassador_id, score, one.sequence)
        for one in await ledger.amounts_of(tx, board.programme_id, people, board.metric)
        if (score := score_of(board.metric, one.amount, one.lines)) is not None
    ]


def scores(board: Board, standings: Iterable[Standing], known: Appearances) -> list[Score]:
    """Return the standings of those who may stand on a board, as they appear there."""
    found = []
    for standing in standings:
        appearance = known.get(standing.ambassador_id, UNCHOSEN)
        if board.team_id is None or appearance.team_id == board.team_id:
            found.append(
                Score(
                    board_id=board.id,
                    period=standing.period,
                    ambassador_id=standing.ambassador_id,
                    milli_points=standing.score,
                    sequence=standing.sequence,
                    appearance=appearance.boards,
                    choice=appearance.choice,
                )
            )
    return found


async def scores_after(
    tx: Transaction, board: Board, last: UUID | None, *, limit: int
) -> tuple[list[Score], UUID | None]:
    """Return the scores of the next ambassadors of a board, and the last of them; None when there were none."""
    people = await ledger.people_after(tx, board.programme_id, last, limit=limit)
    if not people:
        return [], None
    standings = await standings_of(tx, board, people)
    return scores(board, standings, await appearances(tx, people)), people[-1]
