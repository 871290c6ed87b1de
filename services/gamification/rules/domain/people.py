"""Steps 1 and 3: which actions of people count on a share, and what each kind is worth."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from services.gamification.rules.domain.factors import power, quantise
from services.gamification.rules.domain.facts import Kind, Touch
from services.gamification.rules.domain.parameters import PeopleRules, RepeatRules


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


NamedTimes = Mapping[Kind, list[datetime]]


def named_times(first: Iterable[Touch]) -> NamedTimes:
    """When each kind's named people first acted, in order (the author too: the network counts everybody)."""
    times: dict[Kind, list[datetime]] = {kind: [] for kind in Kind}
    for touch in first:
        times[touch.kind].append(touch.at)
    return times
