"""Routes of rules."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from libs.auth.principal import Principal
from libs.auth.require import require
from libs.process.parts import App
from libs.web.problems import problems
from services.gamification.rules import service
from services.gamification.rules.domain import Rules
from services.gamification.rules.errors import RulesNotFound

router = APIRouter(tags=["rules"])
Reader = Annotated[Principal, Depends(require("points:read", "points:self"))]


@router.get("/rules/{version}", operation_id="get_rules", responses=problems(RulesNotFound))
async def get_rules(version: Annotated[int, Path(ge=1, le=2_000_000_000)], _by: Reader, app: App) -> Rules:
    """Return a version of the rules with every parameter: what is paid for is no secret."""
    async with app.db.transaction() as tx:
        return await service.get_rules(tx, version)
