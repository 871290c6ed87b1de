"""What a provider's claims mean here: which of them name roles and programmes, and what the names stand for."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from libs.auth.principal import Principal, Programmes
from libs.auth.roles import SCOPES, Role, scopes_of

Path = tuple[str, ...]
Every = Literal["*"]
EVERY: Every = "*"


def path_of(text: str) -> Path:
    """Return the steps of `realm_access.roles`, or of a JSON pointer (RFC 6901) for names with dots or slashes.

    Raises ValueError.
    """
    if text.startswith("/"):
        steps = tuple(step.replace("~1", "/").replace("~0", "~") for step in text[1:].split("/"))
    else:
        steps = tuple(text.split("."))
    if not all(steps):
        raise ValueError("must be a claim, a path such as realm_access.roles, or a JSON pointer")
    return steps


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimMap:
    """Where roles and programmes stand, and what names mean. An empty mapping: a name means itself."""

    roles_at: Path = ("roles",)
    roles: Mapping[str, Sequence[Role]] = field(default_factory=dict)
    programmes_at: Path = ("programmes",)
    programmes: Mapping[str, Sequence[UUID | Every]] = field(default_factory=dict)

    def principal(self, claims: Mapping[str, Any], *, until: float = math.inf) -> Principal:
        """Return who bears verified claims, until when; an unknown name gives nothing. Raises ValueError."""
        roles = self._roles(names_at(claims, self.roles_at))
        return Principal(
            subject=claims["sub"],
            roles=roles,
            scopes=scopes_of(roles),
            programmes=self._programmes(names_at(claims, self.programmes_at)),
            until=until,
        )

    def _roles(self, names: Sequence[str]) -> frozenset[str]:
        if not self.roles:
            return frozenset(names) & SCOPES.keys()
        return frozenset(role for name in names for role in self.roles.get(name, ()))

    def _programmes(self, names: Sequence[str]) -> Programmes:
        if not self.programmes:  # here `*` stands alone or not at all
            return None if names == [EVERY] else frozenset(UUID(name) for name in names)
        meant = {programme for name in names for programme in self.programmes.get(name, ())}
        return None if EVERY in meant else frozenset(one for one in meant if isinstance(one, UUID))


def names_at(claims: Mapping[str, Any], path: Path) -> list[str]:
    """Return the names that a claim lists; one name may stand alone, and no claim is no name. Raises ValueError."""
    value: Any = claims
    for step in path:
        value = value.get(step) if isinstance(value, Mapping) else None
    names = [] if value is None else [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError(f"the claim {'.'.join(path)} must be a list of names")
    return names
