"""Who behaves so that nobody profits stays below who speaks in their own voice, in every seed."""

import os

import pytest

from .profiles import ABUSIVE, AUTHENTIC, play
from .seasons import total

SEEDS = range(int(os.environ.get("TIMBRE_SIMULATION_SEEDS", "10")))


@pytest.mark.parametrize("seed", SEEDS)
def test_spammer_bot_pod_and_copier_stay_below_both_authentic_profiles(seed: int) -> None:
    authentic = {name: total(play(profile, seed)) for name, profile in AUTHENTIC.items()}
    abusive = {name: total(play(profile, seed)) for name, profile in ABUSIVE.items()}
    assert max(abusive.values()) < min(authentic.values()), (abusive, authentic)
