"""Step 7, the text: how much is the author's own, how often colleagues and the author said it before."""

import math

from services.gamification.rules.domain.factors import ONE, power, quantise, ratio
from services.gamification.rules.domain.facts import ShareFacts
from services.gamification.rules.domain.parameters import ParrotRules, TextRules


def personal(rules: TextRules, *, reuse: float, own_words: int) -> int:
    """F_pers = a + (1 - a) sqrt(h g): the part that is one's own (h) and how many words are (g).

    `reuse` is between 0 and 1; the result is in ten-thousandths. A text without words has no own words: `a`.
    """
    own_part = (rules.reuse_high - reuse) / (rules.reuse_high - rules.reuse_low)
    own_part = min(1.0, max(0.0, own_part))
    enough = -math.expm1(-own_words / rules.own_words_scale)
    return quantise(rules.least + (1 - rules.least) * math.sqrt(own_part * enough))


def personal_of(rules: TextRules, share: ShareFacts) -> int:
    """F_pers of a share, from its counts of words."""
    reuse = share.copied / share.words if share.words else 0.0
    return personal(rules, reuse=reuse, own_words=share.words - share.copied)


def parrot(rules: ParrotRules, weight: int) -> int:
    """F_parrot = 1 / (1 + k / half_at), for a parrot weight k in ten-thousandths."""
    half_at = quantise(rules.half_at)
    return ratio(half_at, half_at + weight)


def own_repeats(rules: ParrotRules, repeats: int) -> int:
    """F_self = own_repeat ^ j, for j earlier near-duplicates of one's own."""
    return power(rules.own_repeat, repeats) if repeats else ONE
