"""Factors at fixed inputs, computed apart with decimals of fifty digits: every machine must give the same integers."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from services.gamification.rules.domain.audience import audience_factor
from services.gamification.rules.domain.factors import ONE, multiply, quantise, ratio, saturate
from services.gamification.rules.domain.people import repeat_factor
from services.gamification.rules.domain.replies import promptness
from services.gamification.rules.domain.text import own_repeats, parrot, personal_of
from services.gamification.rules.domain.zeal import rank_factor

from .evidence import RULES, share

FACTORS: dict[str, Callable[..., int]] = {
    "personal": lambda words, copied: personal_of(RULES.text, share(words=words, copied=copied)),
    "parrot": lambda weight: parrot(RULES.parrot, weight),
    "own_repeats": lambda repeats: own_repeats(RULES.parrot, repeats),
    "audience": lambda contacts: audience_factor(RULES.audience, contacts),
    "repeat": lambda earlier: repeat_factor(RULES.repeat, earlier),
    "promptness": lambda minutes: promptness(RULES.replies, timedelta(minutes=minutes)),
    "saturation": lambda worth: saturate(worth, quantise(RULES.saturation.ceiling), quantise(RULES.saturation.half_at)),
    "day": lambda rank: rank_factor(RULES.zeal.full_a_day, RULES.zeal.day_ratio, rank),
    "week": lambda rank: rank_factor(RULES.zeal.full_a_week, RULES.zeal.week_ratio, rank),
}
PINNED = json.loads(Path(__file__).with_name("pinned_factors.json").read_text())


@pytest.mark.parametrize("name", FACTORS)
def test_a_factor_is_the_same_on_every_machine(name: str) -> None:
    rows = [row for row in PINNED if row["factor"] == name]
    assert len(rows) >= 8
    assert [FACTORS[name](*row["arguments"]) for row in rows] == [row["value"] for row in rows]


def test_halves_are_rounded_up() -> None:
    assert [quantise(0.5 / 10_000), ratio(5, 2, unit=1), multiply(5000, 1), multiply(4999, 1)] == [1, 3, 1, 0]
    assert quantise(1) == ONE
