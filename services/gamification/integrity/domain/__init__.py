"""What looks arranged, as functions of values; and the states of a hold."""

from services.gamification.integrity.domain.crowds import repeated_crowds
from services.gamification.integrity.domain.findings import Finding, Kind, State, check_step, reason
from services.gamification.integrity.domain.graph import Graph
from services.gamification.integrity.domain.limits import FIRST_VERSION, Limits
from services.gamification.integrity.domain.pods import Pod, alike, find_pods

__all__ = [
    "FIRST_VERSION",
    "Finding",
    "Graph",
    "Kind",
    "Limits",
    "Pod",
    "State",
    "alike",
    "check_step",
    "find_pods",
    "reason",
    "repeated_crowds",
]
