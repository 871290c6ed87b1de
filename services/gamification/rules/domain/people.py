"""Steps 1 to 3: what the people who acted on a share are worth, each once per kind of action."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from services.gamification.rules.domain.age import age_weight
from services.gamification.rules.domain.factors import ONE, multiply, power, quantise
from services.gamification.rules.domain.facts import Kind, ShareFacts, Touch
from services.gamification.rules.domain.history import Encounters, Reciprocity
from services.gamification.rules.domain.nameless import Nameless
from services.gamification.rules.domain.parameters import PeopleRules, RepeatRules, Rules


@dataclass(slots=True, kw_only=True)
class Engagement:
    """Worth (ten-thousandths) and heads of those who acted, by class; `actions` counts those of each kind."""

    outsiders_worth: int = 0
    colleagues_worth: int = 0
    nameless_worth: int = 0
    outsiders: set[str] = field(default_factory=set)
    colleagues: set[str] = field(default_factory=set)
    nameless: int = 0
    actions: Counter[Kind] = field(default_factory=Counter)


def first_actions(touches: Iterable[Touch]) -> list[Touch]:
    """The first action of each kind by each person, in order of time."""
    first: dict[tuple[str, Kind], Touch] = {}
    for touch in sorted(touches, key=_order):
        first.setdefault((touch.person, touch.kind), touch)
    return list(first.values())


def _order(touch: Touch) -> tuple[datetime, str, str, int]:
    return touch.at, touch.person, touch.kind, touch.colleague_id.int if touch.colleague_id else -1


def kind_weights(rules: PeopleRules) -> dict[Kind, int]:
    """What one action of each kind is worth, in ten-thousandths; clicks have their own step."""
    return {
        Kind.REACTION: quantise(rules.reaction),
        Kind.COMMENT: quantise(rules.comment),
        Kind.RESHARE: quantise(rules.reshare),
        Kind.MENTION: quantise(rules.mention),
    }


def repeat_factor(rules: RepeatRules, earlier_shares: int) -> int:
    """Step 3: n ^ -exponent, n = 1 + other shares of the author that the person touched in the days before."""
    return power(1 + earlier_shares, -rules.exponent)


class Meter:
    """Adds up one share: the weight of a person grows with each kind of action, up to `most_per_person`.

    Each action adds what it changes, under the repeat and reciprocity factors of its own time. The author's own
    actions are worth nothing.
    """

    def __init__(self, rules: Rules, share: ShareFacts, met: Encounters, pairs: Reciprocity) -> None:
        self._rules, self._share, self._met, self._pairs = rules, share, met, pairs
        self._weights = kind_weights(rules.people)
        self._most = quantise(rules.people.most_per_person)
        self._reached: dict[str, int] = {}
        self.engagement = Engagement()

    def add(self, touch: Touch) -> None:
        """Count a first action (not a click); actions must come in order of time."""
        age = age_weight(self._rules.people, self._share.published_at, touch.at)
        if not age or touch.is_by(self._share.ambassador_id):
            return
        before = self._reached.get(touch.person, 0)
        weight = self._weights[touch.kind]
        after = min(self._most, before + (weight if age == ONE else multiply(weight, age)))
        self._reached[touch.person] = after
        earlier = self._met.shares_before(touch.person, touch.at, touch.share_id)
        earlier.discard(touch.share_id)
        repeat = repeat_factor(self._rules.repeat, len(earlier)) if earlier else ONE
        discount = self._pairs.weight(touch.colleague_id, touch.at)
        gained = after - before
        self._credit(touch, gained if discount == repeat == ONE else multiply(gained, discount, repeat))

    def _credit(self, touch: Touch, worth: int) -> None:
        seen = self.engagement
        seen.actions[touch.kind] += 1
        if touch.colleague_id is None:
            seen.outsiders_worth += worth
            seen.outsiders.add(touch.person)
        else:
            seen.colleagues_worth += worth
            seen.colleagues.add(touch.person)

    def add_nameless(self, kind: Kind, crowd: Nameless) -> None:
        """Count people without a name: step 2's discount, no step 3, outside the limit on colleagues."""
        people, seen = self._rules.people, self.engagement
        heads = crowd.full * ONE + crowd.late * quantise(people.late_weight)
        seen.nameless_worth += multiply(heads, self._weights[kind], quantise(people.nameless))
        seen.nameless += crowd.full + crowd.late
        seen.actions[kind] += crowd.full + crowd.late


def engagement_worth(rules: PeopleRules, seen: Engagement) -> int:
    """E in ten-thousandths: outsiders and nameless in full, colleagues up to 3 + .25 of the outsiders."""
    limit = quantise(rules.colleagues_at_most)
    limit += multiply(seen.outsiders_worth, quantise(rules.colleagues_per_outsider))
    return seen.outsiders_worth + min(seen.colleagues_worth, limit) + seen.nameless_worth


NamedTimes = Mapping[Kind, list[datetime]]


def named_times(first: Iterable[Touch]) -> NamedTimes:
    """When each kind's named people first acted, in order (the author too: the network counts everybody)."""
    times: dict[Kind, list[datetime]] = {kind: [] for kind in Kind}
    for touch in first:
        times[touch.kind].append(touch.at)
    return times
