"""How long after its publication an action on a share still counts."""

from datetime import datetime, timedelta

from services.gamification.rules.domain.factors import ONE, quantise
from services.gamification.rules.domain.parameters import PeopleRules

_DAYS = [timedelta(days=n) for n in range(367)]  # as many as `Days` allows


def age_weight(rules: PeopleRules, published_at: datetime, at: datetime) -> int:
    """Full to the end of `full_days`, `late_weight` to the end of `late_days`, then nothing; in ten-thousandths."""
    age = at - published_at
    if age <= _DAYS[rules.full_days]:
        return ONE
    return quantise(rules.late_weight) if age <= _DAYS[rules.late_days] else 0
