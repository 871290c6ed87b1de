"""Routes of points."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from libs.auth.errors import ForeignProgramme, NotYours
from libs.auth.principal import Principal
from libs.auth.require import require
from libs.process.parts import App
from libs.web.pages import Cursor, Limit, number_after, page_of
from libs.web.problems import problems
from services.gamification.ledger import service
from services.gamification.ledger.schemas import BalanceOut, EntryOut, PointsOut
from services.gamification.members import service as members
from services.gamification.members.errors import AmbassadorNotFound
from services.gamification.rules.domain import Language

router = APIRouter(tags=["points"])
Reader = Annotated[Principal, Depends(require("points:read", "points:self"))]
InLanguage = Annotated[Language, Query(description="Of the sentences.")]


@router.get(
    "/ambassadors/{ambassador_id}/points",
    operation_id="get_points",
    responses=problems(AmbassadorNotFound, ForeignProgramme, NotYours),
)
async def get_points(
    ambassador_id: UUID, by: Reader, app: App, limit: Limit = 50, cursor: Cursor = None, language: InLanguage = "en"
) -> PointsOut:
    """Return balances by period and the entries that made them, newest first, each with its factors."""
    last = number_after(cursor)
    async with app.db.transaction() as tx:
        member = await members.get_ambassador(tx, ambassador_id)
        by.enter(member.programme_id)
        if not by.has("points:read") and member.subject_key != app.person_keys.of_subject(by.subject):
            raise NotYours("only the ambassador and the programme's managers may read this")
        account = await service.account_of(tx, ambassador_id, last=last, limit=limit + 1)
    return PointsOut(
        ambassador_id=ambassador_id,
        balances=[BalanceOut.of(balance) for balance in account.balances],
        entries=page_of(
            account.entries,
            limit,
            shape=lambda row: EntryOut.of(row, language),
            position=lambda row: [row.sequence],
        ),
    )
