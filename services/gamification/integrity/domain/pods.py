"""Pods: groups of colleagues who mostly react to each other (docs/runbooks/integrity.md).

The density of a group is the sum of its edges over the number of its pairs. A group is found by peeling: whoever
receives too little from within leaves (as the group shrinks that can only become less), then whoever is connected
worst, until the rest is dense (Charikar 2000, greedy approximation for finding dense components). Whenever half of a
group has left, what falls apart is looked at part by part; whoever left is looked at again until nothing more is found.
"""

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from heapq import heapify, heappop, heappush
from uuid import UUID

from services.gamification.integrity.domain.graph import MICRO, Graph
from services.gamification.integrity.domain.limits import PodLimits

# what one person's actions on one share are worth here, as under the first version of the rules
WORTH = {"reaction": 1, "comment": 4, "reshare": 6, "mention": 3}
MOST_WORTH = 8
SAME_POD = 0.5


@dataclass(frozen=True, slots=True)
class Pod:
    """A group, its density, and the least share of a member's received value that comes from within."""

    members: frozenset[UUID]
    density: float
    inside: float


def find_pods(graph: Graph, limits: PodLimits) -> list[Pod]:
    """Return the pods among the members of a graph; nobody is in two."""
    left, found = set(graph.edges), list[Pod]()
    while dense := _dense_groups(graph, left, limits):
        for peel in dense:
            found.append(peel.pod())
            left -= peel.group
    return found


def _dense_groups(graph: Graph, left: Collection[int], limits: PodLimits) -> "list[_Peel]":
    waiting, found = graph.components(left), []
    while waiting:
        peel = _Peel(graph, waiting.pop(), limits)
        if peel.until_dense(least=len(peel.group) // 2):
            found.append(peel)
        elif len(peel.group) >= limits.members:
            waiting += graph.components(peel.group)
    return found


class _Peel:
    """A group that loses one member after the other; all sums follow."""

    def __init__(self, graph: Graph, group: set[int], limits: PodLimits) -> None:
        self._graph, self.group, self._limits = graph, group, limits
        self._dense = Fraction(str(limits.density))
        self._inside = Fraction(str(limits.inside))
        self._degree = {one: sum(rec for other, rec in graph.edges[one] if other in group) for one in group}
        self._within = dict.fromkeys(group, 0)
        for giver in group:
            for author, value in graph.gave[giver]:
                if author in group:
                    self._within[author] += value
        self._total = sum(self._degree.values())
        self._outward = [one for one in group if self._is_outward(one)]
        self._worst = [(degree, graph.names[one], one) for one, degree in self._degree.items()]
        heapify(self._worst)

    def until_dense(self, *, least: int) -> bool:
        """Peel until the rest is a pod; false when it has come down to `least` members, or too few."""
        while len(self.group) >= max(self._limits.members, least + 1):
            if self._outward:
                self._leave(self._outward.pop())
            elif self._is_dense():
                return True
            else:
                degree, _, member = heappop(self._worst)
                if self._degree[member] == degree:
                    self._leave(member)
        return False

    def pod(self) -> Pod:
        """Return the group with its figures."""
        size = len(self.group)
        return Pod(
            members=self._graph.ids(self.group),
            density=self._total / (MICRO * size * (size - 1)),
            inside=min(self._within[one] / self._graph.received[one] for one in self.group),
        )

    def _is_dense(self) -> bool:
        pairs = len(self.group) * (len(self.group) - 1)  # in both directions, as the degrees are
        return self._total * self._dense.denominator > self._dense.numerator * pairs * MICRO

    def _is_outward(self, member: int) -> bool:
        most = self._inside.numerator * self._graph.received[member]
        return self._within[member] * self._inside.denominator <= most

    def _leave(self, member: int) -> None:
        if member not in self.group:
            return
        self.group.discard(member)
        self._total -= 2 * self._degree[member]
        for other, rec in self._graph.edges[member]:
            if other in self.group:
                self._degree[other] -= rec
                heappush(self._worst, (self._degree[other], self._graph.names[other], other))
        for author, value in self._graph.gave[member]:
            if author in self.group:
                self._within[author] -= value
                if self._is_outward(author):
                    self._outward.append(author)


def alike(one: Collection[UUID], other: Collection[UUID]) -> bool:
    """Whether two groups are the same pod: more than half of their members are in both."""
    both, either = set(one) & set(other), set(one) | set(other)
    return len(both) > SAME_POD * len(either)
