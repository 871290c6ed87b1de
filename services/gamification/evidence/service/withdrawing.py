"""Use cases that take evidence back. The caller holds the accounts of all whom it concerns."""

from libs.storage.database import Transaction
from services.gamification.evidence.domain import TOUCHES, Told
from services.gamification.evidence.store import measures, withdrawn


async def take_back(tx: Transaction, told: Told) -> None:
    """Leave of what was told only what was not taken back, in whichever order the two came.

    Measures of shares that may be worth something else are forgotten, and `told` names these shares as concerned.
    """
    if told.withdrawn:
        await withdrawn.remember(tx, told.withdrawn)
    recorded = [one.interaction_id for one in (*told.touches, *told.answers, *told.conversions)]
    gone = await withdrawn.known(tx, recorded) if recorded else []
    gone += [one.interaction_id for one in told.withdrawn]
    if not gone:
        return
    await measures.promise(tx)  # which are to be forgotten is known here better than by the trigger
    await withdrawn.delete(tx, gone)
    touches = [one for one in told.withdrawn if one.kind in TOUCHES]
    if touches:
        told.shares |= {one.share_id: one.ambassador_id for one in touches}
        told.shares |= dict(await withdrawn.shares_after(tx, touches))
        await measures.forget(tx, list(told.shares))
