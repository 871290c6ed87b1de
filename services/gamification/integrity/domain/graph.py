"""Who received how much from which colleague, as a graph of numbers.

An edge between two colleagues weighs rec = min / max of the actions in both directions, in millionths, so that sums are
exact and the same in any order.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from uuid import UUID

from services.gamification.evidence.domain import Favour

MICRO = 1_000_000


class Graph:
    """The members are numbers; `names` has the id of each as an integer, which also decides between equals."""

    def __init__(self) -> None:
        """Begin with nobody; `add` takes favours, `join` closes the graph."""
        self.names: list[int] = []
        self.received: defaultdict[int, int] = defaultdict(int)
        self.gave: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        self.edges: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        self._numbers: dict[UUID, int] = {}
        self._got: dict[int, dict[int, tuple[int, int]]] = {}

    def add(self, favours: Iterable[Favour]) -> None:
        """Take what authors received; all of an author's favours count, from whomever they come."""
        for favour in favours:
            author = self._number(favour.author)
            self.received[author] += favour.value
            if favour.colleague_id is not None:
                giver = self._number(favour.colleague_id)
                self._got.setdefault(author, {})[giver] = (favour.actions, favour.value)

    def join(self) -> None:
        """Draw the edges; givers who received nothing from colleagues are no members."""
        for author, givers in self._got.items():
            for giver, (actions, value) in givers.items():
                if giver in self._got:
                    self.gave[giver].append((author, value))
                    if returned := self._got[giver].get(author):
                        both = (actions, returned[0])
                        self.edges[author].append((giver, MICRO * min(both) // max(both)))
        self._got.clear()
        self._numbers.clear()

    def _number(self, who: UUID) -> int:
        if (number := self._numbers.get(who)) is None:
            number = self._numbers[who] = len(self.names)
            self.names.append(who.int)
        return number

    def ids(self, group: Iterable[int]) -> frozenset[UUID]:
        """Return the ids of a group."""
        return frozenset(UUID(int=self.names[member]) for member in group)

    def components(self, group: Collection[int]) -> list[set[int]]:
        """Return the parts of a group between which there is no edge."""
        left, found = set(group), []
        while left:
            part, edge = set[int](), [left.pop()]
            while edge:
                member = edge.pop()
                part.add(member)
                near = [other for other, _ in self.edges[member] if other in left]
                left.difference_update(near)
                edge += near
            found.append(part)
        return found
