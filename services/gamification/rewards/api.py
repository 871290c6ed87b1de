"""Routes of rewards and redemptions."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from libs.auth.errors import ForeignProgramme, NotYours
from libs.auth.principal import Principal
from libs.auth.require import require
from libs.clock import new_id
from libs.process.parts import App, Parts
from libs.storage.database import Transaction
from libs.web.idempotency import IdempotentPost
from libs.web.pages import Cursor, Limit, Page, id_after, page_of, time_and_id_after
from libs.web.problems import problems
from services.gamification.members import service as members
from services.gamification.members.errors import AmbassadorNotFound
from services.gamification.rewards import service
from services.gamification.rewards.domain import State
from services.gamification.rewards.errors import (
    LimitReached,
    NotEnoughPoints,
    OutOfStock,
    RedemptionClosed,
    RedemptionNotFound,
    RewardNotFound,
)
from services.gamification.rewards.schemas import PurseOut, RedemptionOut, RewardIn, RewardOut
from services.gamification.rewards.tables import Redemption, Reward

router = APIRouter(tags=["rewards"])
Keeper = Annotated[Principal, Depends(require("rewards:write"))]
Person = Annotated[Principal, Depends(require("points:self"))]
Reader = Annotated[Principal, Depends(require("points:read", "points:self"))]
DECIDED = problems(RedemptionNotFound, RedemptionClosed)


@router.post(
    "/programmes/{programme_id}/rewards",
    status_code=201,
    response_model=RewardOut,
    operation_id="offer_reward",
    responses=problems(ForeignProgramme),
)
async def offer_reward(programme_id: UUID, body: RewardIn, by: Keeper, once: IdempotentPost, app: App) -> Response:
    """Put a reward into the programme's catalogue."""
    by.enter(programme_id)
    row = Reward(id=new_id(), programme_id=programme_id, **{**body.model_dump(), "price": body.price * 1000})

    async def create() -> RewardOut:
        return RewardOut.of(await service.offer(tx, row))

    async with app.db.transaction() as tx:
        return await once.run(tx, create, clock=app.clock)


@router.get("/programmes/{programme_id}/rewards", operation_id="list_rewards", responses=problems(ForeignProgramme))
async def list_rewards(
    programme_id: UUID, by: Reader, app: App, limit: Limit = 50, cursor: Cursor = None
) -> Page[RewardOut]:
    """List the programme's catalogue, oldest first."""
    by.enter(programme_id)
    last = id_after(cursor)
    async with app.db.transaction() as tx:
        rows = await service.catalogue(tx, programme_id, last=last, limit=limit + 1)
    return page_of(rows, limit, shape=RewardOut.of, position=lambda row: [str(row.id)])


@router.put("/rewards/{reward_id}", operation_id="change_reward", responses=problems(RewardNotFound))
async def change_reward(reward_id: UUID, body: RewardIn, by: Keeper, app: App) -> RewardOut:
    """Replace what is offered: name, price, what is left, and the limit per person."""
    async with app.db.transaction() as tx:
        row = await service.get_reward(tx, reward_id, among=by.programmes, lock=True)
        return RewardOut.of(await service.change_offer(tx, row, **{**body.model_dump(), "price": body.price * 1000}))


@router.post(
    "/rewards/{reward_id}:redeem",
    status_code=201,
    response_model=RedemptionOut,
    operation_id="redeem_reward",
    responses=problems(RewardNotFound, AmbassadorNotFound, OutOfStock, LimitReached, NotEnoughPoints),
)
async def redeem_reward(reward_id: UUID, by: Person, once: IdempotentPost, app: App) -> Response:
    """Ask for a reward with one's own points."""
    async with app.db.transaction() as tx:
        programme_id = (await service.get_reward(tx, reward_id, among=by.programmes)).programme_id
        member = await members.own_ambassador(tx, programme_id, app.person_keys.of_subject(by.subject))
        return await once.run(tx, lambda: _redeem(tx, reward_id, member.id, app), clock=app.clock)


async def _redeem(tx: Transaction, reward_id: UUID, ambassador_id: UUID, app: Parts) -> RedemptionOut:
    row = await service.redeem(tx, new_id(), reward_id=reward_id, ambassador_id=ambassador_id, now=app.clock.now())
    return RedemptionOut.of(row)


@router.post("/redemptions/{redemption_id}:approve", operation_id="approve_redemption", responses=DECIDED)
async def approve_redemption(redemption_id: UUID, by: Keeper, app: App) -> RedemptionOut:
    """Say that the ambassador will get it."""
    return await _decide(redemption_id, State.APPROVED, by, app)


@router.post("/redemptions/{redemption_id}:deliver", operation_id="deliver_redemption", responses=DECIDED)
async def deliver_redemption(redemption_id: UUID, by: Keeper, app: App) -> RedemptionOut:
    """Say that the ambassador has it."""
    return await _decide(redemption_id, State.DELIVERED, by, app)


@router.post("/redemptions/{redemption_id}:refuse", operation_id="refuse_redemption", responses=DECIDED)
async def refuse_redemption(redemption_id: UUID, by: Keeper, app: App) -> RedemptionOut:
    """Refuse it; points and stock come back."""
    return await _decide(redemption_id, State.REFUSED, by, app)


async def _decide(redemption_id: UUID, to: State, by: Principal, app: Parts) -> RedemptionOut:
    async with app.db.transaction() as tx:
        row = await service.get_redemption(tx, redemption_id, among=by.programmes, lock=True)
        return RedemptionOut.of(await service.move(tx, row, to, now=app.clock.now()))


@router.post(
    "/redemptions/{redemption_id}:cancel",
    operation_id="cancel_redemption",
    responses=problems(RedemptionNotFound, RedemptionClosed, NotYours),
)
async def cancel_redemption(redemption_id: UUID, by: Person, app: App) -> RedemptionOut:
    """Take one's own request back before it is delivered; points and stock come back."""
    async with app.db.transaction() as tx:
        row = await service.get_redemption(tx, redemption_id, among=by.programmes, lock=True)
        owner = await members.get_ambassador(tx, row.ambassador_id, among=by.programmes)
        if owner.subject_key != app.person_keys.of_subject(by.subject):
            raise NotYours("only the ambassador may take a request back")
        return RedemptionOut.of(await service.move(tx, row, State.CANCELLED, now=app.clock.now()))


@router.get(
    "/programmes/{programme_id}/redemptions", operation_id="list_redemptions", responses=problems(ForeignProgramme)
)
async def list_redemptions(
    programme_id: UUID,
    by: Keeper,
    app: App,
    state: State | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[RedemptionOut]:
    """List what was asked for in a programme, newest first."""
    by.enter(programme_id)
    last = time_and_id_after(cursor)
    async with app.db.transaction() as tx:
        rows = await service.redemptions_in(tx, programme_id, state, last=last, limit=limit + 1)
    return page_of(rows, limit, shape=RedemptionOut.of, position=_position)


@router.get(
    "/ambassadors/{ambassador_id}/redemptions",
    operation_id="get_purse",
    responses=problems(AmbassadorNotFound, NotYours),
)
async def get_purse(ambassador_id: UUID, by: Reader, app: App, limit: Limit = 50, cursor: Cursor = None) -> PurseOut:
    """Return what an ambassador can spend, and their redemptions, newest first."""
    last = time_and_id_after(cursor)
    async with app.db.transaction() as tx:
        member = await members.get_ambassador(tx, ambassador_id, among=by.programmes)
        if not by.has("points:read") and member.subject_key != app.person_keys.of_subject(by.subject):
            raise NotYours("only the ambassador and the programme's managers may read this")
        purse = await service.purse_of(tx, ambassador_id)
        rows = await service.redemptions_of(tx, ambassador_id, last=last, limit=limit + 1)
    page = page_of(rows, limit, shape=RedemptionOut.of, position=_position)
    return PurseOut.of(ambassador_id, purse, page)


def _position(row: Redemption) -> list[str]:
    return [row.requested_at.isoformat(), str(row.id)]
