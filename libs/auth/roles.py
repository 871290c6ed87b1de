"""What each role may do. A scope is `<noun>:<right>`; routes ask for scopes, never for roles."""

from collections.abc import Iterable
from typing import Literal

Role = Literal["ambassador", "manager", "analyst", "admin", "service"]

READ = frozenset({"content:read", "sharing:read", "engagement:read", "points:read", "boards:read"})
GAME = frozenset({"rewards:write", "spotlights:write", "holds:write", "game:write", "boards:write"})
RUN = frozenset(
    {
        "content:write",
        "sharing:write",
        "engagement:write",
        "rules:write",
        "webhooks:write",
        "webhooks:read",
        "keys:write",
    }
)
SCOPES: dict[str, frozenset[str]] = {
    # private data of others is kept apart by object-level checks, not by scopes
    "ambassador": frozenset(
        {"content:read", "sharing:self", "share:write", "engagement:self", "points:self", "boards:read"}
    ),
    "manager": READ | GAME | RUN,
    "analyst": READ,
    "service": frozenset(
        {"content:read", "sharing:read", "engagement:read", "engagement:write", "boards:read", "webhooks:read"}
    ),
    "admin": READ | GAME | RUN | {"programme:write"},
}
ALL_SCOPES = frozenset().union(*SCOPES.values())
# what an API key may be given: nothing personal, nothing beyond a programme, and no keys
KEY_SCOPES = SCOPES["manager"] - {"keys:write"}


def scopes_of(roles: Iterable[str]) -> frozenset[str]:
    """Return all that the roles allow; an unknown role allows nothing."""
    return frozenset().union(*(SCOPES.get(role, frozenset()) for role in roles))
