"""What a season comes to under two sets of rules, and what proves two databases equal."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

Who = Literal["all", "gaining", "losing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a database holds: how many balances are not 0, their sum in milli-points, and the rest of what is proven.

    `digest` is the SHA-256 of all of it, a line for each row in their order.
    """

    balances: int
    milli_points: int
    held_shares: int
    redemptions: int
    choices: int
    digest: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an ambassador holds in a season now, and would hold then, in milli-points."""

    ambassador_id: UUID
    now: int
    then: int
