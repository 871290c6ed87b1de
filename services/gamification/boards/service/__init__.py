"""Use cases of boards: define them, choose how to appear on them, and who they are about."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from libs.events.content import ProgrammeCreated
from libs.events.gamification import VisibilitySet
from libs.problems import FieldError
from libs.storage.database import Transaction
from services.gamification.boards import store
from services.gamification.boards.domain import Appearance, default_board_id
from services.gamification.boards.domain.definition import METRICS, Anonymity, contradictions, ids_of, shows_balances
from services.gamification.boards.errors import BoardNobodyMaySee, TooManyBoards, UnknownMetric
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
        known = f"known are {', '.join(METRICS)}"
        raise UnknownMetric(known, errors=[FieldError("metric", known)])
    if not await members.calendars(tx, [board.programme_id]):
        raise ProgrammeNotFound(f"no programme has the id {board.programme_id}")
    if wrong := [*contradictions(board), *await _strangers(tx, board)]:
        raise BoardNobodyMaySee("; ".join(f"{one.field}: {one.reason}" for one in wrong), errors=wrong)
    await store.lock_programme(tx, board.programme_id)
    if len(await store.of_programmes(tx, [board.programme_id])) >= MOST_BOARDS:
        raise TooManyBoards(f"a programme has {MOST_BOARDS} boards at most")
    board.kept = not shows_balances(board)
    await store.add_unless_there(tx, board)
    return board


async def _strangers(tx: Transaction, board: Board) -> list[FieldError]:
    """Return what the definition names that the programme does not have."""
    has = {
        "team_id": members.has_team,
        "campaign_id": members.has_campaign,
        "cohort_id": members.has_cohort,
        "eligibility.excluded_team_ids": members.has_team,
    }
    wrong = [
        FieldError(field, f"the programme has none of the id {one}")
        for field, one in ids_of(board)
        if not await has[field](tx, board.programme_id, one)
    ]
    if not wrong and board.cohort_id and not await members.cohort_members(tx, board.cohort_id):
        wrong.append(FieldError("cohort_id", "nobody is in this cohort"))
    return wrong


async def boards_of(tx: Transaction, programme_id: UUID) -> Sequence[Board]:
    """Return the boards of a programme."""
    return await store.of_programmes(tx, [programme_id])


async def mark_due(tx: Transaction, due: Collection[tuple[UUID, UUID]]) -> None:
    """Note of whom (programme, ambassador) kept standings may no longer be so; the keeper renews them."""
    if due:
        await store.mark_due(tx, due)


async def choose_appearance(tx: Transaction, member: Member, boards: Anonymity) -> int:
    """Keep how an ambassador wants to appear and tell it; returns the version of the choice."""
    version = await store.choose(tx, member.id, boards)
    _tell(tx, member, Appearance(boards=boards, choice=version))
    await mark_due(tx, [(member.programme_id, member.id)])
    return version


async def show_again(tx: Transaction, ambassador_id: UUID) -> None:
    """Tell how an ambassador appears who has points already: their team is known only now."""
    member = await members.get_ambassador(tx, ambassador_id, among=None)
    await mark_due(tx, [(member.programme_id, ambassador_id)])
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
    """Return team and key of each ambassador, where they are known, and how they want to appear."""
    known = await members.known(tx, ambassador_ids)
    chosen = {row.ambassador_id: row for row in await store.choices(tx, ambassador_ids)}
    found = {}
    for one in ambassador_ids:
        member, choice = known.get(one), chosen.get(one)
        found[one] = Appearance(
            team_id=member.team_id if member else None,
            boards=_known(choice.boards) if choice else "name",
            choice=choice.version if choice else 0,
            subject_key=member.subject_key if member else "",
        )
    return found


def _known(boards: str) -> Anonymity:
    return "name" if boards == "name" else "pseudonym" if boards == "pseudonym" else "hidden"


async def people_after(tx: Transaction, programme_id: UUID, last: UUID | None, *, limit: int) -> list[UUID]:
    """Return who has points in a programme or has joined it, in the order of their ids, from just after `last`."""
    paid = await ledger.people_after(tx, programme_id, last, limit=limit)
    joined = await members.after(tx, programme_id, last, limit=limit)
    return sorted({*paid, *joined})[:limit]


async def remember_choice(tx: Transaction, event: VisibilitySet) -> None:
    """Keep a choice that was told, unless a later one is known; version 0 is that nothing was chosen."""
    if event.version:
        await store.remember_choice(tx, event.ambassador_id, event.boards, event.version)
