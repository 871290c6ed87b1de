from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.gamification.badges.domain import DEFAULTS, Condition, Part, rarity

TOTALS = st.dictionaries(st.sampled_from(["shares", "answers", "points"]), st.integers(-5, 50))


def condition(rule: Literal["all", "any"], **at_least: int) -> Condition:
    parts = [{"counter": counter, "at_least": value} for counter, value in at_least.items()]
    return Condition.model_validate({"rule": rule, "parts": parts})


def test_all_needs_every_part_and_any_needs_one() -> None:
    totals = {"shares": 5, "answers": 1}
    assert not condition("all", shares=5, answers=2).holds(totals)
    assert condition("any", shares=5, answers=2).holds(totals)
    assert condition("all", shares=5, answers=2).progress(totals) == 0.75
    assert condition("any", shares=10, answers=4).progress(totals) == 0.5


@given(totals=TOTALS, shares=st.integers(1, 50), answers=st.integers(1, 50), rule=st.sampled_from(["all", "any"]))
def test_progress_is_whole_exactly_when_the_condition_holds(
    totals: dict[str, int], shares: int, answers: int, rule: Literal["all", "any"]
) -> None:
    asked = condition(rule, shares=shares, answers=answers)
    assert 0 <= asked.progress(totals) <= 1
    assert (asked.progress(totals) == 1) == asked.holds(totals)


@pytest.mark.parametrize(
    "part", [{"counter": "followers", "at_least": 1}, {"counter": "shares", "at_least": 0}, {"counter": "shares"}]
)
def test_an_unknown_counter_or_an_empty_target_is_refused(part: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Part.model_validate(part)


def test_default_badges_have_keys_of_their_own() -> None:
    assert len({definition.key for definition in DEFAULTS}) == len(DEFAULTS)


def test_rarity_is_the_part_of_the_enrolled() -> None:
    assert rarity(1, 4) == 0.25
    assert rarity(1, 0) == 0
    assert rarity(3, 2) == 1  # an ambassador can be known by shares before the enrolment is told
