"""Which evidence a fact touches, and how rows become the values that scoring takes."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from services.gamification.rules.domain import (
    Answer,
    Capability,
    Conversion,
    CountReading,
    PairTouch,
    ShareFacts,
    Touch,
)

# what a network can tell of a share: instagram names nobody, elsewhere only our own links report
CAPABILITIES = {"instagram": Capability.COUNTS, "other": Capability.CLICKS}


def capability_of(network: str) -> Capability:
    """Return what a network can tell."""
    return CAPABILITIES.get(network, Capability.PEOPLE)


@dataclass(frozen=True, slots=True)
class Stretch:
    """The time that new facts about one ambassador of a programme touch."""

    ambassador_id: UUID
    programme_id: UUID
    since: datetime
    until: datetime

    def widened(self, by: timedelta) -> "Stretch":
        """Return the stretch with `by` on both sides."""
        return replace(self, since=self.since - by, until=self.until + by)


class Touched:
    """Collects whom new facts touch, and when."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._stretches: dict[UUID, Stretch] = {}

    def add(self, programme_id: UUID, ambassador_id: UUID, at: datetime) -> None:
        """Note that something of this ambassador changed at a time."""
        known = self._stretches.get(ambassador_id, Stretch(ambassador_id, programme_id, at, at))
        self._stretches[ambassador_id] = replace(known, since=min(known.since, at), until=max(known.until, at))

    def stretches(self) -> list[Stretch]:
        """Return one stretch for each ambassador, in the order in which accounts are locked."""
        return [stretch for _, stretch in sorted(self._stretches.items())]


@dataclass(slots=True)
class Dossier:
    """All evidence of one ambassador that a stretch can concern. Answers know whether they repeat an earlier one."""

    shares: list[ShareFacts] = field(default_factory=list)
    touches: list[Touch] = field(default_factory=list)
    readings: list[CountReading] = field(default_factory=list)
    pair_touches: list[PairTouch] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    conversions: list[Conversion] = field(default_factory=list)
