"""Steps 1 to 7 for one share: its value before zeal, with every factor on the way."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.gamification.rules.domain.audience import audience_bucket, audience_factor
from services.gamification.rules.domain.clicks import Visitors, clicks_worth, visitors
from services.gamification.rules.domain.factors import multiply, quantise, saturate
from services.gamification.rules.domain.facts import CountReading, Kind, ShareFacts, Touch
from services.gamification.rules.domain.history import Encounters, Reciprocity
from services.gamification.rules.domain.nameless import NOBODY, Nameless, nameless
from services.gamification.rules.domain.parameters import Rules
from services.gamification.rules.domain.people import (
    Engagement,
    Meter,
    engagement_worth,
    first_actions,
    named_times,
)
from services.gamification.rules.domain.text import own_repeats, parrot, personal_of

Factors = dict[str, int | str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the shares of a week have in common: the rules and what was before."""

    rules: Rules
    met: Encounters
    pairs: Reciprocity


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


def value_of_share(
    context: Context, share: ShareFacts, touches: Sequence[Touch], readings: Sequence[CountReading]
) -> ValuedShare:
    """Steps 1 to 7: from those who acted, through audience and saturation, to the text."""
    rules = context.rules
    seen, visits = measure(context, share, touches, readings)
    worth = engagement_worth(rules.people, seen)
    clicked = clicks_worth(rules.clicks, visits, engagement=worth, capability=share.capability)
    audience = audience_factor(rules.audience, share.audience)
    weighed = multiply(audience, worth + clicked)
    saturation = rules.saturation
    gained = saturate(weighed, quantise(saturation.ceiling), quantise(saturation.half_at))
    text = text_factors(rules, share)
    parts = (quantise(saturation.start) + gained, *text)
    factors: Factors = {
        **_inputs(rules, share),
        **_heads(seen, visits),
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


def measure(
    context: Context, share: ShareFacts, touches: Sequence[Touch], readings: Sequence[CountReading]
) -> tuple[Engagement, Visitors]:
    """Those who acted on a share and those who visited, named or only counted."""
    rules, first = context.rules.people, first_actions(touches)
    meter = Meter(context.rules, share, context.met, context.pairs)
    for touch in first:
        if touch.kind is not Kind.CLICK:
            meter.add(touch)
    crowds = _crowds(context, share, first, readings)
    for kind, crowd in crowds.items():
        if kind is not Kind.CLICK:
            meter.add_nameless(kind, crowd)
    clicks = [touch for touch in first if touch.kind is Kind.CLICK]
    return meter.engagement, visitors(rules, share, clicks, crowds.get(Kind.CLICK, NOBODY))


def _crowds(
    context: Context, share: ShareFacts, first: Sequence[Touch], readings: Sequence[CountReading]
) -> dict[Kind, Nameless]:
    if not readings:
        return {}
    named, by_kind = named_times(first), dict[Kind, list[CountReading]]()
    for reading in readings:
        by_kind.setdefault(reading.kind, []).append(reading)
    return {
        kind: nameless(context.rules.people, share.published_at, group, named[kind]) for kind, group in by_kind.items()
    }


def _inputs(rules: Rules, share: ShareFacts) -> Factors:
    return {
        "words": share.words,
        "own_words": share.words - share.copied,
        "parrot": share.parrot,
        "self_repeats": share.self_repeats,
        "audience_bucket": audience_bucket(rules.audience, share.audience),
        "capability": share.capability.value,
    }


def _heads(seen: Engagement, visits: Visitors) -> Factors:
    return {
        "outsiders": len(seen.outsiders),
        "colleagues": len(seen.colleagues),
        "nameless": seen.nameless,
        "reactions": seen.actions[Kind.REACTION],
        "comments": seen.actions[Kind.COMMENT],
        "reshares": seen.actions[Kind.RESHARE],
        "mentions": seen.actions[Kind.MENTION],
        "visits": visits.heads,
        "worth_outsiders": seen.outsiders_worth,
        "worth_colleagues": seen.colleagues_worth,
        "worth_nameless": seen.nameless_worth,
    }
