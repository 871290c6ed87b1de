"""Routes of board definitions, and of how one appears on boards."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from libs.auth.errors import ForeignProgramme, NotYours
from libs.auth.principal import Principal
from libs.auth.require import require
from libs.clock import new_id
from libs.process.parts import App
from libs.storage.database import Transaction
from libs.web.errors import IdempotencyConflict
from libs.web.idempotency import IdempotentPost
from libs.web.problems import problems
from services.gamification.boards import service
from services.gamification.boards.errors import BoardNobodyMaySee, TooManyBoards, UnknownMetric
from services.gamification.boards.keeper import BoardKeeper
from services.gamification.boards.schemas import BoardIn, BoardOut, BoardsOut, VisibilityIn, VisibilityOut
from services.gamification.members import service as members
from services.gamification.members.errors import AmbassadorNotFound, ProgrammeNotFound

router = APIRouter(tags=["boards"])
Reader = Annotated[Principal, Depends(require("boards:read"))]
Editor = Annotated[Principal, Depends(require("boards:write"))]
Self = Annotated[Principal, Depends(require("points:self"))]


async def _keeper(request: Request) -> BoardKeeper:
    keeper: BoardKeeper = request.app.state.keeper
    return keeper


Keeper = Annotated[BoardKeeper, Depends(_keeper)]


@router.get("/programmes/{programme_id}/boards", operation_id="list_boards", responses=problems(ForeignProgramme))
async def list_boards(programme_id: UUID, by: Reader, app: App) -> BoardsOut:
    """List the boards of a programme."""
    by.enter(programme_id)
    async with app.db.transaction() as tx:
        rows = await service.boards_of(tx, programme_id)
    return BoardsOut(items=[BoardOut.of(row) for row in rows], next=None)


@router.post(
    "/programmes/{programme_id}/boards",
    operation_id="open_board",
    status_code=201,
    response_model=BoardOut,
    responses=problems(
        ForeignProgramme, ProgrammeNotFound, TooManyBoards, UnknownMetric, BoardNobodyMaySee, IdempotencyConflict
    ),
)
async def open_board(programme_id: UUID, body: BoardIn, by: Editor, app: App, once: IdempotentPost) -> Response:
    """Define a board; what it ranks by is never changed. It is `pending` until it has been filled."""
    by.enter(programme_id)
    board = body.board(new_id(), programme_id)

    async def opened(tx: Transaction) -> BoardOut:
        return BoardOut.of(await service.open_board(tx, board))

    async with app.db.transaction() as tx:
        return await once.run(tx, lambda: opened(tx), clock=app.clock)


@router.put(
    "/ambassadors/{ambassador_id}/visibility",
    operation_id="choose_visibility",
    responses=problems(AmbassadorNotFound, NotYours),
)
async def choose_visibility(
    ambassador_id: UUID, body: VisibilityIn, by: Self, app: App, keeper: Keeper
) -> VisibilityOut:
    """Choose how to appear on boards; `hidden` takes the caller off all of them at once. Points stay."""
    async with app.db.transaction() as tx:
        member = await members.get_ambassador(tx, ambassador_id, among=by.programmes)
        if member.subject_key != app.person_keys.of_subject(by.subject):
            raise NotYours("only the ambassador may choose this")
        version = await service.choose_appearance(tx, member, body.boards)
    await keeper.show_now(member.programme_id, ambassador_id)
    return VisibilityOut(ambassador_id=ambassador_id, boards=body.boards, version=version)
