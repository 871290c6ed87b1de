"""Use cases of interactions: judging what a door is given, and applying what was accepted."""

from services.engagement.interactions.service.accept import Judged, judge, keep, shares_named
from services.engagement.interactions.service.apply import apply_accepted, counters_of

__all__ = ["Judged", "apply_accepted", "counters_of", "judge", "keep", "shares_named"]
