"""Rules of API keys: what may be given, how many there may be, and when secrets end."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from services.content.keys.errors import ScopesNotHeld

MOST_KEYS = 100  # in force at once, in a programme
MOST_SECRETS = 5  # in force at once, of a key


def grant(asked: Iterable[str], held: frozenset[str]) -> list[str]:
    """Return the scopes that a key gets, in order. Raises ScopesNotHeld, naming those that the giver lacks."""
    wanted = frozenset(asked)
    if beyond := sorted(wanted - held):
        raise ScopesNotHeld(f"you do not hold {', '.join(beyond)}")
    return sorted(wanted)


def end_of_overlap(ends_at: datetime, *, now: datetime, overlap: timedelta) -> datetime:
    """Return until when a secret holds that has a successor: as long as it was to, and no longer than the overlap."""
    return min(ends_at, now + overlap)
