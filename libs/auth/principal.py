"""Who is calling, and what they may touch."""

import math
import time
from dataclasses import dataclass
from uuid import UUID

from libs.auth.errors import ForeignProgramme, MissingScope

Programmes = frozenset[UUID] | None  # None: all of them


def within(programmes: Programmes, programme_id: UUID | None) -> bool:
    """Whether a programme is one of these; what is of no programme is only for who has all."""
    return programmes is None or programme_id in programmes


@dataclass(frozen=True, slots=True)
class Principal:
    """The bearer of a verified token or API key; at `until` (Unix time) what was begun with it ends."""

    subject: str
    roles: frozenset[str]
    scopes: frozenset[str]
    programmes: Programmes
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
        return within(self.programmes, programme_id)

    def enter(self, programme_id: UUID) -> None:
        """Raise ForeignProgramme unless the programme is one of the bearer's."""
        if not self.may_enter(programme_id):
            raise ForeignProgramme("ask for a token of this programme")
