"""Step 4: what visitors are worth, bounded by what the people who reacted are worth."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.gamification.rules.domain.age import age_weight
from services.gamification.rules.domain.factors import ONE, quantise, saturate
from services.gamification.rules.domain.facts import Capability, ShareFacts, Touch
from services.gamification.rules.domain.nameless import Nameless
from services.gamification.rules.domain.parameters import ClicksRules, PeopleRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitors:
    """Unique visitors by age (ten-thousandths): those of our own checked link, and those a network only counts."""

    checked: int
    reported: int
    heads: int


def visitors(rules: PeopleRules, share: ShareFacts, clicks: Iterable[Touch], crowd: Nameless) -> Visitors:
    """The visitors of a share, each once (`clicks` are first ones), aged like any action, without the author."""
    ages = [age_weight(rules, share.published_at, click.at) for click in clicks if not click.is_by(share.ambassador_id)]
    reported = crowd.full * ONE + crowd.late * quantise(rules.late_weight)
    heads = sum(1 for age in ages if age) + crowd.full + crowd.late
    return Visitors(checked=sum(ages), reported=reported, heads=heads)


def clicks_worth(rules: ClicksRules, seen: Visitors, *, engagement: int, capability: Capability) -> int:
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
