"""Routes of board definitions."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from libs.auth.errors import ForeignProgramme
from libs.auth.principal import Principal
from libs.auth.require import require
from libs.process.parts import App
from libs.web.problems import problems
from services.gamification.boards import service
from services.gamification.boards.schemas import BoardOut, BoardsOut

router = APIRouter(tags=["boards"])
Reader = Annotated[Principal, Depends(require("boards:read"))]


@router.get("/programmes/{programme_id}/boards", operation_id="list_boards", responses=problems(ForeignProgramme))
async def list_boards(programme_id: UUID, by: Reader, app: App) -> BoardsOut:
    """List the boards of a programme."""
    by.enter(programme_id)
    async with app.db.transaction() as tx:
        rows = await service.boards_of(tx, programme_id)
    return BoardsOut(items=[BoardOut.of(row) for row in rows], next=None)
