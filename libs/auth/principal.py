"""Who is calling, and what they may touch."""

import math
import time
from dataclasses import dataclass
from uuid import UUID

from libs.auth.errors import ForeignProgramme, MissingScope


@dataclass(frozen=True, slots=True)
class Principal:
    """The bearer of a verified token. `programmes` None means all of them; at `until` (Unix time) the token ends."""

    subject: str
    roles: frozenset[str]
    scopes: frozenset[str]
    programmes: frozenset[UUID] | None
    until: float = math.inf

    def seconds_left(self) -> float:
        """Return how long what was begun with the token may go on."""
        return max(0.0, self.until - time.time())

    def has(self, scope: str) -> bool:
        """Whether the roles include a scope."""
        return scope in self.scopes

    def check(self, *scopes: str) -> None:
        """Raise MissingScope unless one of the scopes is held."""
        if not self.scopes.intersection(scopes):
            raise MissingScope(f"this needs the scope {' or '.join(scopes)}")

    def may_enter(self, programme_id: UUID) -> bool:
        """Whether the programme is one of the bearer's."""
        return self.programmes is None or programme_id in self.programmes

    def enter(self, programme_id: UUID) -> None:
        """Raise ForeignProgramme unless the programme is one of the bearer's."""
        if not self.may_enter(programme_id):
            raise ForeignProgramme("ask for a token of this programme")
