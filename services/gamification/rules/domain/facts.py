"""What scoring is told: shares, touches, counts, answers and conversions, as frozen values without any text."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID


class Kind(StrEnum):
    """What a person did with a share."""

    REACTION = "reaction"
    COMMENT = "comment"
    RESHARE = "reshare"
    MENTION = "mention"
    CLICK = "click"

    # An enum hashes in Python; kinds are keys in the innermost loop of scoring, where that costs a tenth of the time.
    __hash__ = str.__hash__


class Capability(StrEnum):
    """What the network of a share can tell: who acted, only how many, or only the clicks of our own link."""

    PEOPLE = "people"
    COUNTS = "counts"
    CLICKS = "clicks"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareFacts:
    """One share: when and where in the calendar, how its text was measured, and whom it could reach.

    `day` and `week` are local to the programme; `parrot` is k in ten-thousandths, the summed likeness to earlier
    shares of colleagues; `self_repeats` counts the author's own earlier near-duplicates; `audience` is in contacts.
    """

    share_id: UUID
    ambassador_id: UUID
    published_at: datetime
    day: date
    week: str
    words: int
    copied: int
    parrot: int
    self_repeats: int
    audience: int | None
    capability: Capability


class Touch(NamedTuple):  # a dataclass takes five times as long to make, and there are thousands in a settlement
    """One action of a known person (opaque key) on a share; a valid click is a touch of its visitor."""

    share_id: UUID
    person: str
    colleague_id: UUID | None
    kind: Kind
    at: datetime

    def is_by(self, ambassador_id: UUID) -> bool:
        """Whether this colleague did it; an outsider never is (and comparing with None is slow for a UUID)."""
        return self.colleague_id is not None and self.colleague_id == ambassador_id


@dataclass(frozen=True, slots=True, kw_only=True)
class CountReading:
    """How many of a kind a share had in all at a time, as its network reported; nobody is named."""

    share_id: UUID
    kind: Kind
    count: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The author answered a person's comment; `repeated` says that the answer copies another one of the author's."""

    share_id: UUID
    person: str
    colleague_id: UUID | None
    commented_at: datetime
    answered_at: datetime
    words: int
    repeated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """A visitor who came through a share did what the campaign hoped for, verified by the server."""

    share_id: UUID
    visitor: str
    at: datetime


class PairTouch(NamedTuple):
    """A colleague (`by`) touched a share of another (`author`)."""

    by: UUID
    author: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekEvidence:
    """All that is needed to score one ambassador's week; the order of each tuple does not matter.

    shares           every share of the ambassador in this week
    touches          every touch on these shares, and on the ambassador's other shares those of the 30 days before
                     any of them (their share ids tell them apart; older ones are harmless)
    readings         every reading of these shares
    pair_touches     the ambassador's touches on colleagues and theirs on the ambassador's shares, each once, in the
                     30 days before any touch or answer scored here
    answers          the answers given in this week, on shares of any week
    earlier_answers  answers of the 30 days before those
    conversions      the conversions of this week, on shares of any week
    Days are those of the rules (`repeat.days`, `people.reciprocity_days`, `replies.days`).
    """

    ambassador_id: UUID
    week: str
    shares: tuple[ShareFacts, ...] = ()
    touches: tuple[Touch, ...] = ()
    readings: tuple[CountReading, ...] = ()
    pair_touches: tuple[PairTouch, ...] = ()
    answers: tuple[Answer, ...] = ()
    earlier_answers: tuple[Answer, ...] = ()
    conversions: tuple[Conversion, ...] = ()

    def __post_init__(self) -> None:
        if any(s.week != self.week or s.ambassador_id != self.ambassador_id for s in self.shares):
            raise ValueError("a share of another week or ambassador")
