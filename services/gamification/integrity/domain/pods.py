"""Pods: groups of colleagues who mostly react to each other (docs/runbooks/integrity.md).

An edge between two colleagues weighs rec = min / max of the actions in both directions. The density of a group is the
sum of its edges over the number of its pairs. A group is found by peeling: whoever receives too little from within
leaves (as the group shrinks that can only become less), then whoever is connected worst, until the rest is dense
(Charikar 2000, greedy approximation for finding dense components).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from services.gamification.evidence.domain import Favour

# what one person's actions on one share are worth here, as under the first version of the rules
WORTH = {"reaction": 1, "comment": 4, "reshare": 6, "mention": 3}
MOST_WORTH = 8
LEAST_MEMBERS = 4
DENSE = 0.6
INSIDE = 0.5
SAME_POD = 0.5


@dataclass(frozen=True, slots=True)
class Pod:
    """A group, its density, and the least share of a member's received value that comes from within."""

    members: frozenset[UUID]
    density: float
    inside: float


class _Graph:
    """Who received how much from whom."""

    def __init__(self, favours: Iterable[Favour]) -> None:
        self.received: defaultdict[UUID, int] = defaultdict(int)
        self.value: defaultdict[UUID, dict[UUID, int]] = defaultdict(dict)
        actions: dict[tuple[UUID, UUID], int] = {}
        for favour in favours:
            self.received[favour.author] += favour.value
            if favour.colleague_id:
                self.value[favour.author][favour.colleague_id] = favour.value
                actions[favour.author, favour.colleague_id] = favour.actions
        self.edges: defaultdict[UUID, dict[UUID, float]] = defaultdict(dict)
        for (author, by), got in actions.items():
            if given := actions.get((by, author)):
                self.edges[author][by] = min(got, given) / max(got, given)

    def inside(self, member: UUID, group: Collection[UUID]) -> float:
        """The share of what a member received that came from the group."""
        within = sum(value for by, value in self.value[member].items() if by in group)
        return within / self.received[member] if self.received[member] else 0.0

    def degree(self, member: UUID, group: Collection[UUID]) -> float:
        """The sum of a member's edges into the group."""
        return sum(rec for other, rec in self.edges[member].items() if other in group)


def find_pods(favours: Iterable[Favour]) -> list[Pod]:
    """Return the pods among the authors; nobody is in two."""
    graph = _Graph(favours)
    left, found = set(graph.edges), []
    while pod := _peel(graph, set(left)):
        found.append(pod)
        left -= pod.members
    return found


def _peel(graph: _Graph, group: set[UUID]) -> Pod | None:
    while len(group) >= LEAST_MEMBERS:
        outward = {member for member in group if graph.inside(member, group) <= INSIDE}
        if outward:
            group -= outward
            continue
        degrees = {member: graph.degree(member, group) for member in group}
        density = sum(degrees.values()) / (len(group) * (len(group) - 1))
        if density > DENSE:
            return Pod(frozenset(group), density, min(graph.inside(member, group) for member in group))
        group.remove(min(degrees, key=lambda member: (degrees[member], member)))
    return None


def alike(one: Collection[UUID], other: Collection[UUID]) -> bool:
    """Whether two groups are the same pod: more than half of their members are in both."""
    both, either = set(one) & set(other), set(one) | set(other)
    return len(both) > SAME_POD * len(either)
