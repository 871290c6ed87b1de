"""Routes of points."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query

from libs.auth.errors import ForeignProgramme, NotYours
from libs.auth.principal import Principal
from libs.auth.require import require
from libs.process.parts import App
from libs.storage.database import Transaction
from libs.web.pages import Cursor, Limit, number_after, page_of
from libs.web.problems import problems
from services.gamification.ledger import service
from services.gamification.ledger.errors import EntryNotFound
from services.gamification.ledger.schemas import BalanceOut, EntryOut, PointsOut, WhyOut
from services.gamification.members import service as members
from services.gamification.members.errors import AmbassadorNotFound
from services.gamification.rules.domain import Language

router = APIRouter(tags=["points"])
Reader = Annotated[Principal, Depends(require("points:read", "points:self"))]
Self = Annotated[Principal, Depends(require("points:self"))]
ENGLISH: Language = "en"


async def spoken(
    language: Annotated[Language | None, Query(description="Of the sentences; else by `Accept-Language`.")] = None,
    accepted: Annotated[str, Header(alias="Accept-Language")] = "",
) -> Language:
    """Return the language to answer in: as asked for, else the one of ours that the caller likes best, else English."""
    if language is not None:
        return language
    ranked = sorted(_weighed(accepted), key=lambda one: -one[1])  # stable: of equals the first that was named
    return next((name for name, weight in ranked if weight > 0), ENGLISH)


InLanguage = Annotated[Language, Depends(spoken)]


def _weighed(accepted: str) -> list[tuple[Language, float]]:
    """Return those of our languages that the header names, with their weights (RFC 9110, 12.5.4 and 12.4.2)."""
    known: dict[str, Language] = {"en": "en", "fr": "fr", "*": ENGLISH}
    found = []
    for part in accepted.split(","):
        tag, _, weight = part.partition(";")
        name = known.get(tag.strip().lower().split("-")[0])
        if name is not None:
            found.append((name, _weight(weight)))
    return found


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    try:
        return float(value) if name.strip().lower() == "q" else 1.0
    except ValueError:
        return 0.0


@router.get(
    "/ambassadors/{ambassador_id}/points",
    operation_id="get_points",
    responses=problems(AmbassadorNotFound, NotYours),
)
async def get_points(
    ambassador_id: UUID, by: Reader, app: App, language: InLanguage, limit: Limit = 50, cursor: Cursor = None
) -> PointsOut:
    """Return balances by period and the entries that made them, newest first, each with its factors."""
    last = number_after(cursor)
    async with app.db.transaction() as tx:
        member = await members.get_ambassador(tx, ambassador_id, among=by.programmes)
        if not by.has("points:read") and member.subject_key != app.person_keys.of_subject(by.subject):
            raise NotYours("only the ambassador and the programme's managers may read this")
        return await _points(tx, ambassador_id, last, limit=limit, language=language)


@router.get("/me/points", operation_id="get_my_points", responses=problems(AmbassadorNotFound, ForeignProgramme))
async def get_my_points(
    programme_id: UUID, by: Self, app: App, language: InLanguage, limit: Limit = 50, cursor: Cursor = None
) -> PointsOut:
    """Return the caller's own balances in a programme and the entries that made them, newest first."""
    last = number_after(cursor)
    by.enter(programme_id)
    async with app.db.transaction() as tx:
        me = await members.own_ambassador(tx, programme_id, app.person_keys.of_subject(by.subject))
        return await _points(tx, me.id, last, limit=limit, language=language)


@router.get(
    "/me/points/{entry_id}/why",
    operation_id="explain_points",
    responses=problems(EntryNotFound, AmbassadorNotFound, NotYours),
)
async def explain_points(entry_id: UUID, by: Self, app: App, language: InLanguage) -> WhyOut:
    """Explain one of the caller's own entries: a sentence, every factor, and what would have raised it most."""
    async with app.db.transaction() as tx:
        entry = await service.get_entry(tx, entry_id, among=by.programmes)
        member = await members.get_ambassador(tx, entry.ambassador_id, among=by.programmes)
    if member.subject_key != app.person_keys.of_subject(by.subject):
        raise NotYours("only the ambassador may read this")
    return WhyOut.of(entry, language)


async def _points(
    tx: Transaction, ambassador_id: UUID, last: int | None, *, limit: int, language: Language
) -> PointsOut:
    account = await service.account_of(tx, ambassador_id, last=last, limit=limit + 1)
    return PointsOut(
        ambassador_id=ambassador_id,
        balances=[BalanceOut.of(balance) for balance in account.balances],
        entries=page_of(
            account.entries, limit, shape=lambda row: EntryOut.of(row, language), position=lambda row: [row.sequence]
        ),
    )
