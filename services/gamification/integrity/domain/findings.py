"""What was found, in figures and in words, and what may become of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Literal
from uuid import UUID, uuid5

from services.gamification.integrity.errors import HoldDecided


class Kind(StrEnum):
    """What was found, beyond the programme's limits (docs/runbooks/integrity.md).

    pod      colleagues who mostly react to each other
    crowd    the same people on several posts in a row
    burst    many people who first touched one share within a short time
    """

    POD = "pod"
    CROWD = "crowd"
    BURST = "burst"


class State(StrEnum):
    """Where a finding stands: only `held` and `confirmed` take points out of balances.

    A `pending` one is about to be held; a `flagged` one is only told, and `dismissed` when nothing is wrong with it.
    """

    PENDING = "pending"
    FLAGGED = "flagged"
    DISMISSED = "dismissed"
    HELD = "held"
    RELEASED = "released"
    CONFIRMED = "confirmed"


STEPS: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        State.PENDING: frozenset({State.HELD}),
        State.FLAGGED: frozenset({State.HELD, State.DISMISSED}),
        State.HELD: frozenset({State.RELEASED, State.CONFIRMED}),
        State.CONFIRMED: frozenset({State.RELEASED}),  # a mistake can be mended
    }
)

REASONS: Mapping[tuple[Kind, str], str] = MappingProxyType(
    {
        (
            Kind.POD,
            "en",
        ): "{members} colleagues react mostly to each other: {density} % of the possible mutual reactions, "
        "and at least {inside} % of what each received.",
        (Kind.POD, "fr"): "{members} collègues réagissent surtout entre eux : {density} % des réactions mutuelles "
        "possibles, et au moins {inside} % de ce que chacun a reçu.",
        (Kind.CROWD, "en"): "The same people on {posts} posts in a row: at least {people} on each, {alike} % the same.",
        (Kind.CROWD, "fr"): "Les mêmes personnes sur {posts} publications de suite : au moins {people} sur chacune, "
        "{alike} % identiques.",
        (Kind.BURST, "en"): "{people} people first reacted to one share within {within_seconds} seconds.",
        (Kind.BURST, "fr"): "{people} personnes ont réagi à un même partage en {within_seconds} secondes.",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What looks arranged: whose shares, and the figures that say why (shares in percent)."""

    kind: Kind
    ambassador_ids: tuple[UUID, ...]
    share_ids: tuple[UUID, ...]
    figures: dict[str, int]

    def id_in(self, programme_id: UUID, *, day: str) -> UUID:
        """Return the id: the same whenever the same is found again (UUIDv5, RFC 9562); a pod's is of its day."""
        what = day if self.kind is Kind.POD else ""
        parts = (self.kind.value, what, *map(str, self.ambassador_ids), *map(str, self.share_ids[:1]))
        return uuid5(programme_id, ":".join(parts))


def check_step(state: State, to: State) -> None:
    """Raise HoldDecided unless a finding may go from one state to the other."""
    if to not in STEPS.get(state, frozenset()):
        raise HoldDecided(f"a hold that is {state.value} cannot become {to.value}")


def reason(kind: Kind, figures: Mapping[str, int], language: Literal["en", "fr"]) -> str:
    """Return what was seen, in a sentence with its figures."""
    return REASONS[kind, language].format(**figures)
