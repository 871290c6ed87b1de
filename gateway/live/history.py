"""The last states of one page, and the one step from any of them to the newest.

A state is named after its content. So the name is the same in every process and after a restart, and whoever names
the newest state has nothing to get. The same step serves who follows, who was too slow and who comes back.
"""

import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import blake2b

from gateway.live.change import Page, change
from gateway.live.frames import Kind, encoded, frame

KEPT = 8


@dataclass(frozen=True, slots=True)
class Step:
    """What brings a client to a state: a whole page or a change. The bytes are shared by all who take it."""

    kind: Kind
    position: str
    frame: bytes


class History:
    """The states by name, the oldest first."""

    def __init__(self) -> None:
        """Begin without a state."""
        self._bodies: dict[str, bytes] = {}
        self._steps: dict[str | None, Step] = {}
        self._page: Page = {}
        self._shown: frozenset[str] = frozenset()
        self.newest: str | None = None

    def add(self, body: bytes) -> bool:
        """Take a page as the newest state; false when it is the newest already."""
        position = position_of(body)
        if position == self.newest:
            return False
        self._bodies.pop(position, None)  # a page that is back as it was is the newest again
        self._bodies[position] = body
        self._steps.clear()
        self._page = json.loads(body)
        self._shown = frozenset(row["ambassador_id"] or row["team_id"] or "" for row in self._page["items"])
        self.newest = position
        if len(self._bodies) > KEPT:
            del self._bodies[next(iter(self._bodies))]
        return True

    def forget(self) -> None:
        """Drop all states: the next step of everybody is a whole page."""
        self._bodies.clear()
        self._steps.clear()
        self._page, self._shown = {}, frozenset()
        self.newest = None

    def step(self, seen: str | None) -> Step | None:
        """Return the step from a state to the newest; None where there is none to take."""
        if self.newest is None or seen == self.newest:
            return None
        known = seen if seen in self._bodies else None
        if known not in self._steps:
            self._steps[known] = self._made(known, self.newest)
        return self._steps[known]

    def shows(self, who: str) -> bool:
        """Whether the newest state has a row of an ambassador, or on a board of teams of a team, by id."""
        return who in self._shown

    def _made(self, seen: str | None, newest: str) -> Step:
        if seen is None:
            return Step("snapshot", newest, frame("snapshot", newest, self._bodies[newest]))
        data = encoded(change(json.loads(self._bodies[seen]), self._page))
        return Step("change", newest, frame("change", newest, data))


def position_of(body: bytes) -> str:
    """Return the name of a state: short, and fit for a header."""
    return urlsafe_b64encode(blake2b(body, digest_size=12).digest()).decode()
