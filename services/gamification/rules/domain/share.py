"""Steps 4 to 7 for one share: its value before zeal, with every factor on the way."""

import math
from dataclasses import dataclass
from uuid import UUID

from services.gamification.rules.domain.audience import audience_bucket, audience_factor
from services.gamification.rules.domain.clicks import clicks_worth
from services.gamification.rules.domain.factors import multiply, quantise, saturate
from services.gamification.rules.domain.facts import ShareFacts
from services.gamification.rules.domain.measure import Measure, engagement_worth
from services.gamification.rules.domain.parameters import Rules
from services.gamification.rules.domain.text import own_repeats, parrot, personal_of

Factors = dict[str, int | str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ValuedShare:
    """A share with its value as four factors still unmultiplied, so that rounding happens once, in its line."""

    share: ShareFacts
    parts: tuple[int, int, int, int]
    factors: Factors

    @property
    def share_id(self) -> UUID:
        """Whose value it is."""
        return self.share.share_id

    @property
    def exact(self) -> int:
        """The unrounded product of the parts, to compare values with."""
        return math.prod(self.parts)


def value_of_share(rules: Rules, share: ShareFacts, seen: Measure) -> ValuedShare:
    """Steps 4 to 7: from what people come to, through clicks, audience and saturation, to the text."""
    worth = engagement_worth(rules.people, seen)
    clicked = clicks_worth(rules.clicks, seen, engagement=worth, capability=share.capability)
    audience = audience_factor(rules.audience, share.audience)
    weighed = multiply(audience, worth + clicked)
    saturation = rules.saturation
    gained = saturate(weighed, quantise(saturation.ceiling), quantise(saturation.half_at))
    text = text_factors(rules, share)
    parts = (quantise(saturation.start) + gained, *text)
    factors: Factors = {
        **_inputs(rules, share),
        **_heads(seen),
        "E": worth,
        "vc": clicked,
        "A": audience,
        "X": weighed,
        "V": gained,
        **dict(zip(("value", "F_pers", "F_parrot", "F_self"), parts, strict=True)),
    }
    return ValuedShare(share=share, parts=parts, factors=factors)


def text_factors(rules: Rules, share: ShareFacts) -> tuple[int, int, int]:
    """F_pers, F_parrot and F_self of a share."""
    return (
        personal_of(rules.text, share),
        parrot(rules.parrot, share.parrot),
        own_repeats(rules.parrot, share.self_repeats),
    )


def _inputs(rules: Rules, share: ShareFacts) -> Factors:
    return {
        "words": share.words,
        "own_words": share.words - share.copied,
        "parrot": share.parrot,
        "self_repeats": share.self_repeats,
        "audience_bucket": audience_bucket(rules.audience, share.audience),
        "capability": share.capability.value,
    }


def _heads(seen: Measure) -> Factors:
    return {
        "outsiders": seen.outsiders,
        "colleagues": seen.colleagues,
        "nameless": seen.nameless,
        "reactions": seen.reactions,
        "comments": seen.comments,
        "reshares": seen.reshares,
        "mentions": seen.mentions,
        "visits": seen.visits,
        "worth_outsiders": seen.outsiders_worth,
        "worth_colleagues": seen.colleagues_worth,
        "worth_nameless": seen.nameless_worth,
    }
