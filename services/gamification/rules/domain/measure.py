"""What the touches on a share come to: a sum of what each person adds, whom others' actions do not concern."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from services.gamification.rules.domain.age import age_weight
from services.gamification.rules.domain.factors import ONE, multiply, quantise
from services.gamification.rules.domain.facts import CountReading, Kind, ShareFacts, Touch
from services.gamification.rules.domain.history import Encounters, Reciprocity
from services.gamification.rules.domain.nameless import nameless
from services.gamification.rules.domain.parameters import PeopleRules, Rules
from services.gamification.rules.domain.people import first_actions, kind_weights, named_times, repeat_factor


class Measure(NamedTuple):
    """Worth (ten-thousandths) and heads of those who acted, by class; actions by kind; visitors by who counted them.

    `checked` are visitors of our own link, `reported` those whom a network only counts, both by age like any action.
    """

    outsiders_worth: int = 0
    colleagues_worth: int = 0
    nameless_worth: int = 0
    outsiders: int = 0
    colleagues: int = 0
    nameless: int = 0
    reactions: int = 0
    comments: int = 0
    reshares: int = 0
    mentions: int = 0
    checked: int = 0
    reported: int = 0
    visits: int = 0


NOTHING = Measure()
NOBODY = UUID(int=0)
# the places in a measure, for a list that is added to
OUT_WORTH, COL_WORTH, NAMELESS_WORTH, OUT, COL, NAMELESS, REACTIONS, COMMENTS, RESHARES, MENTIONS = range(10)
CHECKED, REPORTED, VISITS = range(10, 13)
ACTIONS = {Kind.REACTION: REACTIONS, Kind.COMMENT: COMMENTS, Kind.RESHARE: RESHARES, Kind.MENTION: MENTIONS}


@dataclass(frozen=True, slots=True)
class History:
    """What was before an action: where its person was met, and who returned favours."""

    met: Encounters
    pairs: Reciprocity


class Scale:
    """Rules as the sums of persons use them, made once for many shares."""

    def __init__(self, rules: Rules) -> None:
        """Take what does not change from share to share."""
        self.rules = rules
        self.weights = kind_weights(rules.people)
        self.most = quantise(rules.people.most_per_person)
        self.nothing_before = History(Encounters((), rules.repeat.days), Reciprocity(rules.people, NOBODY, ()))


class Meter:
    """Adds up one share: the weight of a person grows with each kind of action, up to `most_per_person`.

    Each action adds what it changes, under the repeat and reciprocity factors of its own time. The author's own
    actions are worth nothing.
    """

    def __init__(self, scale: Scale, share: ShareFacts, held: Measure = NOTHING) -> None:
        """Go on from what is held of the share."""
        self.scale, self._share = scale, share
        self._sums = list(held)

    @property
    def measure(self) -> Measure:
        """What the share has come to."""
        return Measure(*self._sums)

    def add(self, acts: Sequence[Touch], history: History) -> None:
        """Count all that one person did on the share."""
        self._count(acts, history, 1)

    def take_away(self, acts: Sequence[Touch], history: History) -> None:
        """Count no more what one person did, with the history under which it was counted."""
        self._count(acts, history, -1)

    def _count(self, acts: Sequence[Touch], history: History, sign: int) -> None:
        share, people, sums = self._share, self.scale.rules.people, self._sums
        reached, outsider, colleague = 0, False, False
        for act in first_actions(acts) if len(acts) > 1 else acts:
            age = age_weight(people, share.published_at, act.at)
            if not age or act.is_by(share.ambassador_id):
                continue
            if act.kind is Kind.CLICK:
                sums[CHECKED] += sign * age
                sums[VISITS] += sign
                continue
            weight, before = self.scale.weights[act.kind], reached
            reached = min(self.scale.most, before + (weight if age == ONE else multiply(weight, age)))
            worth = self._discounted(reached - before, act, history)
            sums[ACTIONS[act.kind]] += sign
            if act.colleague_id is None:
                sums[OUT_WORTH] += sign * worth
                outsider = True
            else:
                sums[COL_WORTH] += sign * worth
                colleague = True
        sums[OUT] += sign * outsider
        sums[COL] += sign * colleague

    def _discounted(self, gained: int, act: Touch, history: History) -> int:
        """Steps 2 and 3: by whom, and how often they were met on other shares before."""
        earlier = history.met.shares_before(act.person, act.at, act.share_id)
        earlier.discard(act.share_id)
        repeat = repeat_factor(self.scale.rules.repeat, len(earlier)) if earlier else ONE
        discount = history.pairs.weight(act.colleague_id, act.at)
        return gained if discount == repeat == ONE else multiply(gained, discount, repeat)

    def add_nameless(self, readings: Sequence[CountReading], first: Sequence[Touch]) -> None:
        """Count people without a name: step 2's discount, no step 3, outside the limit on colleagues.

        `first` are the first actions of those with a name, in order of time.
        """
        people, named, by_kind = (
            self.scale.rules.people,
            named_times(first),
            defaultdict[Kind, list[CountReading]](list),
        )
        for reading in readings:
            by_kind[reading.kind].append(reading)
        for kind, group in by_kind.items():
            crowd = nameless(people, self._share.published_at, group, named[kind])
            worth, heads = crowd.full * ONE + crowd.late * quantise(people.late_weight), crowd.full + crowd.late
            if kind is Kind.CLICK:
                self._sums[REPORTED] += worth
                self._sums[VISITS] += heads
            else:
                self._sums[NAMELESS_WORTH] += multiply(worth, self.scale.weights[kind], quantise(people.nameless))
                self._sums[NAMELESS] += heads
                self._sums[ACTIONS[kind]] += heads


def measured(
    scale: Scale, share: ShareFacts, touches: Sequence[Touch], readings: Sequence[CountReading], history: History
) -> Measure:
    """What all touches on a share and all readings of it come to."""
    meter = Meter(scale, share)
    for acts in by_person(touches).values():
        meter.add(acts, history)
    if readings:
        meter.add_nameless(readings, first_actions(touches))
    return meter.measure


def by_person(touches: Iterable[Touch]) -> Mapping[str, list[Touch]]:
    """What each person did."""
    found = defaultdict[str, list[Touch]](list)
    for touch in touches:
        found[touch.person].append(touch)
    return found


def engagement_worth(rules: PeopleRules, seen: Measure) -> int:
    """E in ten-thousandths: outsiders and nameless in full, colleagues up to 3 + .25 of the outsiders."""
    limit = quantise(rules.colleagues_at_most)
    limit += multiply(seen.outsiders_worth, quantise(rules.colleagues_per_outsider))
    return seen.outsiders_worth + min(seen.colleagues_worth, limit) + seen.nameless_worth
