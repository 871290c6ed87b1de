"""Routes of holds and limits."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from libs.auth.errors import ForeignProgramme
from libs.auth.principal import Principal
from libs.auth.require import require
from libs.process.parts import App, Parts
from libs.storage.database import Transaction
from libs.web.pages import Cursor, Limit, Page, page_of, time_and_id_after
from libs.web.problems import problems
from services.gamification.integrity import service
from services.gamification.integrity.domain import State
from services.gamification.integrity.errors import HoldDecided, HoldNotFound, LimitsChanged, LimitsNotFound
from services.gamification.integrity.schemas import AnswerIn, HoldOut, IntegrityBody, LimitsIn, LimitsOut
from services.gamification.integrity.service import limits
from services.gamification.integrity.tables import Hold
from services.gamification.ledger.service import Settlement
from services.gamification.members import service as members
from services.gamification.members.errors import ProgrammeNotFound
from services.gamification.rules.domain import Language

router = APIRouter(tags=["integrity"])
Reviewer = Annotated[Principal, Depends(require("holds:write"))]
Person = Annotated[Principal, Depends(require("points:self"))]
InLanguage = Annotated[Language, Query(description="Of the reasons.")]
LimitsVersion = Annotated[int, Query(ge=1, le=2_000_000_000)]


async def _settlement(request: Request) -> Settlement:
    settlement: Settlement = request.app.state.settlement
    return settlement


Settling = Annotated[Settlement, Depends(_settlement)]
DECIDED = problems(HoldNotFound, HoldDecided)


@router.get("/programmes/{programme_id}/integrity", operation_id="get_integrity", responses=problems(ForeignProgramme))
async def get_integrity(programme_id: UUID, by: Reviewer, app: App) -> IntegrityBody:
    """Return the programme's choice."""
    by.enter(programme_id)
    async with app.db.transaction() as tx:
        return IntegrityBody(hold_automatically=await service.holds_automatically(tx, programme_id))


@router.put("/programmes/{programme_id}/integrity", operation_id="set_integrity", responses=problems(ForeignProgramme))
async def set_integrity(programme_id: UUID, body: IntegrityBody, by: Reviewer, app: App) -> IntegrityBody:
    """Choose whether repeated crowds and bursts hold points at once, or are only told."""
    by.enter(programme_id)
    async with app.db.transaction() as tx:
        await service.choose(tx, programme_id, hold_automatically=body.hold_automatically)
    return body


@router.get(
    "/programmes/{programme_id}/integrity/limits",
    operation_id="get_integrity_limits",
    responses=problems(LimitsNotFound, ForeignProgramme),
)
async def get_integrity_limits(
    programme_id: UUID, by: Reviewer, app: App, version: LimitsVersion | None = None
) -> LimitsOut:
    """Return beyond which limits something looks arranged in a programme; with `version` those of earlier."""
    by.enter(programme_id)
    async with app.db.transaction() as tx:
        return LimitsOut.of(await limits.limits_of(tx, programme_id, version))


@router.put(
    "/programmes/{programme_id}/integrity/limits",
    operation_id="set_integrity_limits",
    responses=problems(LimitsChanged, ProgrammeNotFound, ForeignProgramme),
)
async def set_integrity_limits(programme_id: UUID, body: LimitsIn, by: Reviewer, app: App) -> LimitsOut:
    """Set the limits from the next inspection on; what was found with earlier ones stays."""
    by.enter(programme_id)
    who, now = app.person_keys.of_subject(by.subject), app.clock.now()
    async with app.db.transaction() as tx:
        return LimitsOut.of(
            await limits.set_limits(tx, programme_id, body.limits(), over=body.version, by=who, now=now)
        )


@router.get("/programmes/{programme_id}/holds", operation_id="list_holds", responses=problems(ForeignProgramme))
async def list_holds(
    programme_id: UUID,
    by: Reviewer,
    app: App,
    state: State | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    language: InLanguage = "en",
) -> Page[HoldOut]:
    """List what looked arranged in a programme, with reasons, figures and answers, newest first."""
    by.enter(programme_id)
    last = time_and_id_after(cursor)
    async with app.db.transaction() as tx:
        rows = await service.holds_in(tx, programme_id, state, last=last, limit=limit + 1)
        answers = await service.answers_to(tx, rows)
    return page_of(rows, limit, shape=lambda row: HoldOut.of(row, answers[row.id], language), position=_position)


@router.get("/me/holds", operation_id="list_own_holds")
async def list_own_holds(
    by: Person, app: App, limit: Limit = 50, cursor: Cursor = None, language: InLanguage = "en"
) -> Page[HoldOut]:
    """List the holds on the caller's own points, with reasons and figures, newest first."""
    last = time_and_id_after(cursor)
    async with app.db.transaction() as tx:
        found = await members.ambassadors_of_subject(tx, app.person_keys.of_subject(by.subject))
        own = [one.id for one in found if by.programmes is None or one.programme_id in by.programmes]
        rows = await service.holds_about(tx, own, last=last, limit=limit + 1)
        answers = await service.answers_to(tx, rows)
    return page_of(
        rows,
        limit,
        shape=lambda row: HoldOut.of(row, answers[row.id], language).for_person(own),
        position=_position,
    )


def _position(row: Hold) -> list[str]:
    return [row.found_at.isoformat(), str(row.id)]


@router.post("/holds/{hold_id}:answer", operation_id="answer_hold", responses=problems(HoldNotFound))
async def answer_hold(hold_id: UUID, body: AnswerIn, by: Person, app: App, language: InLanguage = "en") -> HoldOut:
    """Say something to a hold on one's own points."""
    async with app.db.transaction() as tx:
        row = await service.get_hold(tx, hold_id, among=by.programmes)
        subject_key = app.person_keys.of_subject(by.subject)
        who = await service.answer(tx, row, subject_key, body.text, now=app.clock.now())
        return (await _shown(tx, row, language)).for_person({who})


@router.post("/holds/{hold_id}:hold", operation_id="hold_points", responses=DECIDED)
async def hold_points(
    hold_id: UUID, by: Reviewer, app: App, settling: Settling, language: InLanguage = "en"
) -> HoldOut:
    """Hold back the points of what was only told."""
    return await _decide(hold_id, State.HELD, by, app, settling, language)


@router.post("/holds/{hold_id}:release", operation_id="release_hold", responses=DECIDED)
async def release_hold(
    hold_id: UUID, by: Reviewer, app: App, settling: Settling, language: InLanguage = "en"
) -> HoldOut:
    """Find nothing wrong: the points come back exactly."""
    return await _decide(hold_id, State.RELEASED, by, app, settling, language)


@router.post("/holds/{hold_id}:confirm", operation_id="confirm_hold", responses=DECIDED)
async def confirm_hold(
    hold_id: UUID, by: Reviewer, app: App, settling: Settling, language: InLanguage = "en"
) -> HoldOut:
    """Decide that the shares stay worth nothing; releasing later mends a mistake."""
    return await _decide(hold_id, State.CONFIRMED, by, app, settling, language)


async def _decide(
    hold_id: UUID, to: State, by: Principal, app: Parts, settling: Settlement, language: Language
) -> HoldOut:
    async with app.db.transaction() as tx:
        row = await service.get_hold(tx, hold_id, among=by.programmes, lock=True)
        who = app.person_keys.of_subject(by.subject)
        row = await service.decide(tx, row, to, settling, by=who, now=app.clock.now())
        return await _shown(tx, row, language)


async def _shown(tx: Transaction, row: Hold, language: Language) -> HoldOut:
    return HoldOut.of(row, (await service.answers_to(tx, [row]))[row.id], language)
