"""Use cases of interactions: judging what a door is given, applying what was accepted, and taking it back."""

from services.engagement.interactions.service.accept import judge, keep
from services.engagement.interactions.service.apply import Follow, apply_accepted, apply_waiting, counters_of
from services.engagement.interactions.service.withdraw import Unfollow, withdraw

__all__ = [
    "Follow",
    "Unfollow",
    "apply_accepted",
    "apply_waiting",
    "counters_of",
    "judge",
    "keep",
    "withdraw",
]
