"""When a reward may be had, and the states of a redemption."""

from dataclasses import dataclass
from enum import StrEnum

from services.gamification.rewards.errors import LimitReached, NotEnoughPoints, OutOfStock, RedemptionClosed


class State(StrEnum):
    """Where a redemption stands. Refused and cancelled ones give points and stock back."""

    REQUESTED = "requested"
    APPROVED = "approved"
    DELIVERED = "delivered"
    REFUSED = "refused"
    CANCELLED = "cancelled"


GIVEN_BACK = frozenset({State.REFUSED, State.CANCELLED})
STEPS = {
    State.REQUESTED: frozenset({State.APPROVED, State.REFUSED, State.CANCELLED}),
    State.APPROVED: frozenset({State.DELIVERED, State.REFUSED, State.CANCELLED}),
}


@dataclass(frozen=True, slots=True)
class Purse:
    """An ambassador's points in thousandths; `spendable` is below zero after a correction of points already spent."""

    lifetime: int
    spent: int

    @property
    def spendable(self) -> int:
        """What is left to spend."""
        return self.lifetime - self.spent


def check_redeemable(*, price: int, stock: int | None, limit: int | None, had: int, purse: Purse) -> None:
    """Raise OutOfStock, LimitReached or NotEnoughPoints; None is without limit."""
    if stock is not None and stock < 1:
        raise OutOfStock("the last one is gone")
    if limit is not None and had >= limit:
        raise LimitReached(f"one person may have {limit}")
    if purse.spendable < price:
        raise NotEnoughPoints(f"it costs {price / 1000:.12g} points, you can spend {purse.spendable / 1000:.12g}")


def check_step(state: State, to: State) -> None:
    """Raise RedemptionClosed unless a redemption may go from one state to the other."""
    if to not in STEPS.get(state, frozenset()):
        raise RedemptionClosed(f"a redemption that is {state.value} cannot become {to.value}")
