import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gamification.rewards.domain import GIVEN_BACK, Purse, State, check_redeemable, check_step
from services.gamification.rewards.errors import LimitReached, NotEnoughPoints, OutOfStock, RedemptionClosed

RICH = Purse(lifetime=100_000, spent=0)


def test_the_last_step_of_a_redemption_is_final() -> None:
    for state in (State.DELIVERED, *GIVEN_BACK):
        for to in State:
            with pytest.raises(RedemptionClosed):
                check_step(state, to)


def test_nothing_is_delivered_before_it_is_approved() -> None:
    with pytest.raises(RedemptionClosed):
        check_step(State.REQUESTED, State.DELIVERED)
    check_step(State.REQUESTED, State.APPROVED)
    check_step(State.APPROVED, State.DELIVERED)


def test_each_reason_to_refuse_has_its_name() -> None:
    with pytest.raises(OutOfStock):
        check_redeemable(price=1, stock=0, limit=None, had=0, purse=RICH)
    with pytest.raises(LimitReached):
        check_redeemable(price=1, stock=5, limit=2, had=2, purse=RICH)
    with pytest.raises(NotEnoughPoints, match=r"costs 100\.001 points, you can spend 100"):
        check_redeemable(price=100_001, stock=None, limit=None, had=9, purse=RICH)


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(1, 10**9))
def test_what_is_redeemed_never_makes_the_spendable_points_negative(lifetime: int, spent: int, price: int) -> None:
    purse = Purse(lifetime, spent)
    try:
        check_redeemable(price=price, stock=None, limit=None, had=0, purse=purse)
    except NotEnoughPoints:
        assert purse.spendable < price
    else:
        assert Purse(lifetime, spent + price).spendable >= 0
