"""How far in time one fact can change what others are worth."""

from datetime import timedelta

from services.gamification.rules.domain.linear_parameters import LinearRules
from services.gamification.rules.domain.parameters import Rules


def reach(rules: Rules | LinearRules) -> timedelta:
    """The reach of a fact: it changes nothing beyond this, before or after its own time, except on its own share.

    To rescore after a fact at time t: the week of its own share (of its answer, of its conversion), and each week of
    the same ambassador with an answer in [t, t + 2 reach] or with a share published in [t - reach, t + reach]. Twice,
    for a new answer makes a later one its copy, which then no longer stands before one that is later still. A touch
    between colleagues concerns the weeks of both.
    """
    if isinstance(rules, LinearRules):
        return timedelta(days=rules.limits.days)
    days = (rules.people.late_days, rules.people.reciprocity_days, rules.repeat.days, rules.replies.days)
    return timedelta(days=max(days))
