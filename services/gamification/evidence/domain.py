"""Which evidence a fact touches, and how rows become the values that scoring takes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from operator import attrgetter
from uuid import UUID

from libs.events.content import ProgrammeCreated, ProposalApproved
from libs.events.engagement import (
    CountsReported,
    InteractionsRecorded,
    InteractionsWithdrawn,
    RecordedInteraction,
    WithdrawnInteraction,
)
from libs.events.envelope import Event
from libs.events.sharing import SharePublished
from services.gamification.members.domain import Calendar
from services.gamification.rules.domain import (
    Answer,
    Capability,
    Conversion,
    CountReading,
    Kind,
    LineKind,
    PairTouch,
    ShareFacts,
    Touch,
)

KINDS = {kind.value: kind for kind in Kind}
TOUCHES = KINDS.keys()
FAVOURS = TOUCHES - {"click"}  # between colleagues; a click is none
Week = tuple[UUID, str]  # of an ambassador
Parts = defaultdict[Week, set[LineKind]]

# what a network can tell of a share: instagram names nobody, elsewhere only our own links report
CAPABILITIES = {"instagram": Capability.COUNTS, "other": Capability.CLICKS}


def capability_of(network: str) -> Capability:
    """Return what a network can tell."""
    return CAPABILITIES.get(network, Capability.PEOPLE)


@dataclass(frozen=True, slots=True)
class Stretch:
    """The time that new facts about one ambassador of a programme touch.

    `active` is whether they shared or answered then, and not only others did something; True where that is not known.
    """

    ambassador_id: UUID
    programme_id: UUID
    since: datetime
    until: datetime
    active: bool = True

    def widened(self, by: timedelta) -> "Stretch":
        """Return the stretch with `by` on both sides."""
        return replace(self, since=self.since - by, until=self.until + by)


class Touched:
    """Collects whom new facts touch, and when."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._stretches: dict[UUID, tuple[UUID, datetime, datetime, bool]] = {}

    def add(self, programme_id: UUID, ambassador_id: UUID, at: datetime, *, active: bool = True) -> None:
        """Note that something of this ambassador changed at a time."""
        if (known := self._stretches.get(ambassador_id)) is None:
            self._stretches[ambassador_id] = programme_id, at, at, active
        else:
            of, since, until, before = known
            self._stretches[ambassador_id] = of, min(since, at), max(until, at), before or active

    def stretches(self) -> list[Stretch]:
        """Return one stretch for each ambassador, in the order in which accounts are locked."""
        return [Stretch(who, *self._stretches[who]) for who in sorted(self._stretches, key=attrgetter("int"))]


@dataclass(slots=True)
class Dossier:
    """All evidence of one ambassador that a stretch can concern. Answers know whether they repeat an earlier one."""

    shares: list[ShareFacts] = field(default_factory=list)
    touches: list[Touch] = field(default_factory=list)
    readings: list[CountReading] = field(default_factory=list)
    pair_touches: list[PairTouch] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    conversions: list[Conversion] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Rush:
    """The most people who first touched one share within a short time, from `at` on."""

    share_id: UUID
    ambassador_id: UUID
    at: datetime
    people: int


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who reacted to one share: opaque person keys."""

    share_id: UUID
    ambassador_id: UUID
    people: frozenset[str]


@dataclass(frozen=True, slots=True)
class Favour:
    """What one author received from one colleague, or (None) from all outsiders: actions, and their value."""

    author: UUID
    colleague_id: UUID | None
    actions: int
    value: int


class Told:
    """What a batch of events tells, by what it can change."""

    def __init__(self, events: Iterable[Event]) -> None:
        """Sort the facts of the events."""
        self.programmes: dict[UUID, UUID] = {}
        self.opened: list[UUID] = []
        self.shares: dict[UUID, UUID] = {}  # published or counted, with their authors
        self.touches: list[RecordedInteraction] = []
        self.answers: list[RecordedInteraction] = []
        self.conversions: list[RecordedInteraction] = []
        self.withdrawn: list[WithdrawnInteraction] = []
        self.taken_from: dict[UUID, UUID] = {}  # the first withdrawal of each of whom nothing else is told
        taking = []
        for event in events:
            if isinstance(event, InteractionsWithdrawn):
                taking.append(event)
            else:
                self._sort(event)
        for event in taking:
            self._take_back(event)

    def _sort(self, event: Event) -> None:
        if isinstance(event, ProgrammeCreated):
            self.opened.append(event.programme_id)
        elif isinstance(event, SharePublished):
            self._concerns(event.programme_id, event.ambassador_id)
            self.shares[event.share_id] = event.ambassador_id
        elif isinstance(event, CountsReported):
            for count in event.counts:
                self._concerns(event.programme_id, count.ambassador_id)
                self.shares[count.share_id] = count.ambassador_id
        elif isinstance(event, ProposalApproved):
            self._concerns(event.programme_id, event.ambassador_id)
        elif isinstance(event, InteractionsRecorded):
            for told in event.interactions:
                self._did(event.programme_id, told)

    def _did(self, programme_id: UUID, told: RecordedInteraction) -> None:
        self._concerns(programme_id, told.ambassador_id)
        if told.kind == "reply":
            self.answers.append(told)
        elif told.kind == "conversion":
            self.conversions.append(told)
        elif told.kind in TOUCHES:  # others, such as a follow, score nothing
            self.touches.append(told)
            if told.colleague_id is not None and told.kind in FAVOURS:
                self._concerns(programme_id, told.colleague_id)

    def _concerns(self, programme_id: UUID, ambassador_id: UUID) -> None:
        self.programmes[ambassador_id] = programme_id

    def _take_back(self, event: InteractionsWithdrawn) -> None:
        for gone in event.interactions:
            self.withdrawn.append(gone)
            concerned = {gone.ambassador_id}
            if gone.colleague_id is not None and gone.kind in FAVOURS:
                concerned.add(gone.colleague_id)
            for who in concerned - self.programmes.keys():
                self.taken_from[who] = gone.interaction_id
            for who in concerned:
                self._concerns(event.programme_id, who)

    def cause(self, ambassador_id: UUID) -> str | None:
        """Return what is known to have led to a change of somebody: None where more than a withdrawal may have."""
        gone = self.taken_from.get(ambassador_id)
        return f"withdrawn:{gone}" if gone else None

    def calendar(self, ambassador_id: UUID, calendars: Mapping[UUID, Calendar]) -> Calendar | None:
        """Return the calendar of somebody whose account is held; what is anybody else's is not ours to settle now."""
        programme_id = self.programmes.get(ambassador_id)
        return calendars.get(programme_id) if programme_id else None

    @property
    def ambassadors(self) -> list[UUID]:
        """Whose weeks may change, in the order in which accounts are locked."""
        return sorted(self.programmes, key=attrgetter("int"))  # compares faster than the ids do

    @property
    def between_colleagues(self) -> Iterator[tuple[UUID, UUID, datetime]]:
        """The touches that change how evenly two ambassadors favour each other: author, colleague, time."""
        for told in (*self.touches, *self.withdrawn):
            if told.colleague_id not in {None, told.ambassador_id} and told.kind in FAVOURS:
                yield told.ambassador_id, told.colleague_id, told.occurred_at


def pair_spans(dossier: "Dossier", ambassador_id: UUID, days: timedelta) -> Iterator[tuple[UUID, datetime, datetime]]:
    """Return with whom an ambassador's favours have to be counted, from when and until when."""
    moments = defaultdict[UUID, list[datetime]](list)
    acts: Sequence[tuple[UUID | None, datetime]] = [
        *((touch.colleague_id, touch.at) for touch in dossier.touches if touch.kind is not Kind.CLICK),
        *((answer.colleague_id, answer.answered_at) for answer in dossier.answers),
    ]
    for colleague_id, at in acts:
        if colleague_id is not None and colleague_id != ambassador_id:
            moments[colleague_id].append(at)
    return ((colleague_id, min(times) - days, max(times)) for colleague_id, times in moments.items())
