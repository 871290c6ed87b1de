"""Step 4: what visitors are worth, bounded by what the people who reacted are worth."""

from services.gamification.rules.domain.factors import quantise, saturate
from services.gamification.rules.domain.facts import Capability
from services.gamification.rules.domain.measure import Measure
from services.gamification.rules.domain.parameters import ClicksRules


def clicks_worth(rules: ClicksRules, seen: Measure, *, engagement: int, capability: Capability) -> int:
    """The worth vc = min(20 x / (x + 20), 4 + E) in ten-thousandths.

    Where a network tells clicks only, checked visitors alone may reach the fixed bound of 12 instead; visitors that
    the network merely counted never do, since nobody looked at them.
    """
    worth = min(_saturated(rules, seen.checked + seen.reported), quantise(rules.bound) + engagement)
    if capability is Capability.CLICKS:
        return max(worth, min(_saturated(rules, seen.checked), quantise(rules.bound_clicks_only)))
    return worth


def _saturated(rules: ClicksRules, visited: int) -> int:
    return saturate(visited, quantise(rules.ceiling), quantise(rules.half_at))
