"""Whose turn it is: no endpoint holds up the others, and those that fail hold up only each other."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """How many attempts a process makes at once: in all, and to one endpoint."""

    total: int
    each: int

    @property
    def failing(self) -> int:
        """How many of all may be to endpoints that failed last: an endpoint that hangs costs a place for its time."""
        return max(self.total // 2, 1)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A delivery that is due."""

    delivery_id: UUID
    webhook_id: UUID


def chosen(
    candidates: Sequence[Candidate], *, busy: Mapping[UUID, int], each: int, places: int
) -> list[UUID]:  # fmt: skip
    """Return the deliveries to send now, in their order: `places` at most, and to no endpoint more than `each`."""
    under_way = Counter(busy)
    found: list[UUID] = []
    for candidate in candidates:
        if len(found) >= places:
            break
        if under_way[candidate.webhook_id] < each:
            under_way[candidate.webhook_id] += 1
            found.append(candidate.delivery_id)
    return found
