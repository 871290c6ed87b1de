"""Routes of rules."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response

from libs.auth.errors import ForeignProgramme
from libs.auth.principal import Principal
from libs.auth.require import require
from libs.process.parts import App
from libs.storage.database import Transaction
from libs.web.idempotency import IdempotentPost
from libs.web.pages import Cursor, Limit, Page, number_after, page_of
from libs.web.problems import problems
from services.gamification.members import service as members
from services.gamification.members.errors import ProgrammeNotFound
from services.gamification.rules import service
from services.gamification.rules.domain import Rules
from services.gamification.rules.errors import (
    ActivationNotFound,
    InvalidRules,
    NotACorrection,
    RulesNotFound,
    SeasonNotFound,
    WeekHasBegun,
)
from services.gamification.rules.schemas import (
    ActivatedOut,
    ActivationIn,
    ActivationOut,
    FromDay,
    RulesIn,
    VersionOut,
    VersionWithHistory,
)
from services.gamification.rules.service import activations

router = APIRouter(tags=["rules"])
Reader = Annotated[Principal, Depends(require("points:read", "points:self"))]
Writer = Annotated[Principal, Depends(require("rules:write"))]
VersionNumber = Annotated[int, Path(ge=1, le=2_000_000_000)]


@router.get("/rules/{version}", operation_id="get_rules", responses=problems(RulesNotFound))
async def get_rules(version: VersionNumber, _by: Reader, app: App) -> Rules:
    """Return a version of the product's rules with every parameter: what is paid for is no secret."""
    async with app.db.transaction() as tx:
        return await service.get_rules(tx, version)


@router.post(
    "/programmes/{programme_id}/rules",
    status_code=201,
    response_model=VersionOut,
    operation_id="draft_rules",
    responses=problems(ForeignProgramme, ProgrammeNotFound, InvalidRules),
)
async def draft_rules(programme_id: UUID, body: RulesIn, by: Writer, once: IdempotentPost, app: App) -> Response:
    """Draft the next version of a programme's rules; nothing changes until it is activated."""
    by.enter(programme_id)
    async with app.db.transaction() as tx:
        locked = await members.locked_campaigns(tx, programme_id)
        return await once.run(tx, lambda: _draft(tx, programme_id, body, locked), clock=app.clock)


async def _draft(tx: Transaction, programme_id: UUID, body: RulesIn, locked: Sequence[str]) -> VersionOut:
    return VersionOut.of(await service.draft_version(tx, programme_id, body.draft()), locked)


@router.get("/programmes/{programme_id}/rules", operation_id="list_rules", responses=problems(ForeignProgramme))
async def list_rules(
    programme_id: UUID, by: Reader, app: App, limit: Limit = 50, cursor: Cursor = None
) -> Page[VersionOut]:
    """List the versions that a programme may use, oldest first; drafts only for those who read everybody's points."""
    by.enter(programme_id)
    last = number_after(cursor)
    async with app.db.transaction() as tx:
        rows = await service.list_versions(tx, programme_id, last=last, drafts=by.has("points:read"), limit=limit + 1)
        locked = await members.locked_campaigns(tx, programme_id)
    return page_of(rows, limit, shape=lambda row: VersionOut.of(row, locked), position=lambda row: [row.version])


@router.get(
    "/programmes/{programme_id}/rules/{version}",
    operation_id="get_programme_rules",
    responses=problems(ForeignProgramme, RulesNotFound),
)
async def get_programme_rules(programme_id: UUID, version: VersionNumber, by: Reader, app: App) -> VersionWithHistory:
    """Return a version with every parameter, what works against itself in it, and its activations."""
    by.enter(programme_id)
    async with app.db.transaction() as tx:
        row = await service.get_version(tx, programme_id, version, drafts=by.has("points:read"))
        locked = await members.locked_campaigns(tx, programme_id)
        return VersionWithHistory.of_all(row, await activations.activations_of(tx, programme_id), locked)


@router.post(
    "/programmes/{programme_id}/rules/{version}:activate",
    operation_id="activate_rules",
    responses=problems(ForeignProgramme, ProgrammeNotFound, RulesNotFound, SeasonNotFound, WeekHasBegun),
)
async def activate_rules(
    programme_id: UUID, version: VersionNumber, body: ActivationIn, by: Writer, app: App
) -> ActivatedOut:
    """Let a version hold from a day on, or for a whole season; a correction is booked soon after the answer."""
    by.enter(programme_id)
    now = app.clock.now()
    async with app.db.transaction() as tx:
        if isinstance(body, FromDay):
            found = await activations.activate_from(tx, programme_id, version, valid_from=body.valid_from, now=now)
        else:
            found = await activations.activate_for_season(tx, programme_id, version, season=body.season, now=now)
        row = await service.get_version(tx, programme_id, version)
        return ActivatedOut.of_both(found, row, await members.locked_campaigns(tx, programme_id))


@router.post(
    "/programmes/{programme_id}/activations/{number}:reverse",
    operation_id="reverse_activation",
    responses=problems(ForeignProgramme, ProgrammeNotFound, ActivationNotFound, NotACorrection),
)
async def reverse_activation(programme_id: UUID, number: VersionNumber, by: Writer, app: App) -> ActivationOut:
    """Take a correction back: each week is worth again what it would be without it; booked soon after the answer."""
    by.enter(programme_id)
    async with app.db.transaction() as tx:
        return ActivationOut.of(await activations.reverse(tx, programme_id, number, now=app.clock.now()))
