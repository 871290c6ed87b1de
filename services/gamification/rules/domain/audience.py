"""Step 5: what the number of contacts does to an interaction, and the bucket under which it is recorded."""

from bisect import bisect_right

from services.gamification.rules.domain.factors import power
from services.gamification.rules.domain.parameters import AudienceRules


def audience_factor(rules: AudienceRules, audience: int | None) -> int:
    """A = (reference / clip(N)) ^ exponent in ten-thousandths; an unknown audience counts as the assumed one."""
    contacts = rules.assumed if audience is None else audience
    contacts = min(rules.largest, max(rules.smallest, contacts))
    return power(rules.reference / contacts, rules.exponent)


def audience_bucket(rules: AudienceRules, audience: int | None) -> str:
    """A coarse range such as "500-1999": the ledger keeps this instead of the exact number."""
    if audience is None:
        return "unknown"
    place = bisect_right(rules.buckets, audience)
    low = rules.buckets[place - 1] if place else 0
    return f"{low}-{rules.buckets[place] - 1}" if place < len(rules.buckets) else f"{low}+"
