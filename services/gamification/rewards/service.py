"""Use cases of rewards: offer, redeem, and decide on a redemption."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from libs.auth.principal import Programmes, within
from libs.events.gamification import RedemptionChanged, RewardRedeemed
from libs.storage.database import Transaction
from services.gamification.ledger import service as ledger
from services.gamification.members import service as members
from services.gamification.rewards import store
from services.gamification.rewards.domain import GIVEN_BACK, Purse, State, check_redeemable, check_step
from services.gamification.rewards.errors import RedemptionNotFound, RewardNotFound
from services.gamification.rewards.tables import Redemption, Reward


async def offer(tx: Transaction, row: Reward) -> Reward:
    """Put a reward into the catalogue."""
    await store.save(tx, row)
    return row


async def change_offer(
    tx: Transaction, row: Reward, *, name: str, price: int, stock: int | None, per_person: int | None
) -> Reward:
    """Replace what a held reward offers; what was redeemed keeps its price."""
    row.name, row.price, row.stock, row.per_person = name, price, stock, per_person
    await store.save(tx, row)
    return row


async def get_reward(tx: Transaction, reward_id: UUID, *, among: Programmes, lock: bool = False) -> Reward:
    """Return a reward of the programmes `among`. Raises RewardNotFound."""
    row = await store.find_reward(tx, reward_id, lock=lock)
    if row is None or not within(among, row.programme_id):
        raise RewardNotFound(f"no reward has the id {reward_id}")
    return row


async def catalogue(tx: Transaction, programme_id: UUID, *, last: UUID | None, limit: int) -> Sequence[Reward]:
    """Return the rewards of a programme, oldest first."""
    return await store.rewards_after(tx, programme_id, last, limit=limit)


async def purse_of(tx: Transaction, ambassador_id: UUID) -> Purse:
    """Return what an ambassador got and what they spent."""
    return Purse(
        lifetime=await ledger.lifetime_of(tx, ambassador_id),
        spent=await store.spent_by(tx, ambassador_id, except_in=GIVEN_BACK),
    )


async def redeem(
    tx: Transaction, redemption_id: UUID, *, reward_id: UUID, ambassador_id: UUID, now: datetime
) -> Redemption:
    """Ask for a reward: takes one from the stock and its price from the spendable points.

    Raises RewardNotFound, OutOfStock, LimitReached, NotEnoughPoints. The account is held first and the reward second,
    so that neither two requests of one person nor two people for the last one can both be served.
    """
    await ledger.hold_account(tx, ambassador_id)
    reward = await get_reward(tx, reward_id, among=None, lock=True)
    check_redeemable(
        price=reward.price,
        stock=reward.stock,
        limit=reward.per_person,
        had=await store.count_of(tx, reward_id, ambassador_id, except_in=GIVEN_BACK),
        purse=await purse_of(tx, ambassador_id),
    )
    if reward.stock is not None:
        reward.stock -= 1
    row = Redemption(
        id=redemption_id,
        reward_id=reward_id,
        programme_id=reward.programme_id,
        ambassador_id=ambassador_id,
        price=reward.price,
        state=State.REQUESTED.value,
        requested_at=now,
        changed_at=now,
    )
    await store.save(tx, row)
    tx.emit(
        RewardRedeemed(
            redemption_id=row.id,
            reward_id=row.reward_id,
            programme_id=row.programme_id,
            ambassador_id=row.ambassador_id,
            milli_points=row.price,
            redeemed_at=now,
        ),
        key=str(row.ambassador_id),
    )
    return row


async def get_redemption(tx: Transaction, redemption_id: UUID, *, among: Programmes, lock: bool = False) -> Redemption:
    """Return a redemption of the programmes `among`. Raises RedemptionNotFound."""
    row = await store.find_redemption(tx, redemption_id, lock=lock)
    if row is None or not within(among, row.programme_id):
        raise RedemptionNotFound(f"no redemption has the id {redemption_id}")
    return row


async def move(tx: Transaction, row: Redemption, to: State, *, now: datetime) -> Redemption:
    """Take a locked redemption to its next state. Raises RedemptionClosed."""
    before = State(row.state)
    check_step(before, to)
    if to in GIVEN_BACK:
        reward = await get_reward(tx, row.reward_id, among=None, lock=True)
        if reward.stock is not None:
            reward.stock += 1
    row.state, row.changed_at = to.value, now
    await store.save(tx, row)
    tx.emit(
        RedemptionChanged(
            redemption_id=row.id,
            reward_id=row.reward_id,
            programme_id=row.programme_id,
            ambassador_id=row.ambassador_id,
            before=before.value,
            state=to.value,
            changed_at=now,
        ),
        key=str(row.ambassador_id),
    )
    return row


async def redemptions_of(
    tx: Transaction, ambassador_id: UUID, *, last: store.Place | None, limit: int
) -> Sequence[Redemption]:
    """Return an ambassador's redemptions, newest first. Raises AmbassadorNotFound."""
    await members.get_ambassador(tx, ambassador_id, among=None)
    return await store.redemptions_of(tx, ambassador_id, last, limit=limit)


async def redemptions_in(
    tx: Transaction, programme_id: UUID, state: State | None, *, last: store.Place | None, limit: int
) -> Sequence[Redemption]:
    """Return a programme's redemptions, of one state or of all, newest first."""
    return await store.redemptions_in(tx, programme_id, state.value if state else None, last, limit=limit)


async def remember_redemption(tx: Transaction, event: RewardRedeemed) -> None:
    """Keep a redemption that was told. The catalogue and its stock are not in the log."""
    row = Redemption(
        id=event.redemption_id,
        reward_id=event.reward_id,
        programme_id=event.programme_id,
        ambassador_id=event.ambassador_id,
        price=event.milli_points,
        state=State.REQUESTED.value,
        requested_at=event.redeemed_at,
        changed_at=event.redeemed_at,
    )
    await store.save(tx, row)


async def remember_step(tx: Transaction, event: RedemptionChanged) -> None:
    """Keep what became of a redemption. Raises RedemptionNotFound while it has not been told."""
    row = await get_redemption(tx, event.redemption_id, among=None, lock=True)
    if event.changed_at >= row.changed_at:
        row.state, row.changed_at = event.state, event.changed_at
        await store.save(tx, row)
