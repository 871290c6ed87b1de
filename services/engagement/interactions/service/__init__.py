"""Use cases of interactions: judging what a door is given, and applying what was accepted."""

from services.engagement.interactions.service.accept import Judged, judge, keep
from services.engagement.interactions.service.apply import Follow, apply_accepted, apply_waiting, counters_of

__all__ = ["Follow", "Judged", "apply_accepted", "apply_waiting", "counters_of", "judge", "keep"]
