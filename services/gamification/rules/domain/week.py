"""The score of one ambassador's week: every step in its order, from evidence to lines, under either model."""

from collections import defaultdict
from uuid import UUID

from services.gamification.rules.domain.conversions import conversions_line
from services.gamification.rules.domain.facts import CountReading, Touch, WeekEvidence
from services.gamification.rules.domain.history import Encounters, Reciprocity, touched
from services.gamification.rules.domain.linear import score_linear
from services.gamification.rules.domain.linear_parameters import LinearRules
from services.gamification.rules.domain.lines import WeekScore
from services.gamification.rules.domain.parameters import Rules
from services.gamification.rules.domain.replies import replies_line
from services.gamification.rules.domain.share import Context, ValuedShare, value_of_share
from services.gamification.rules.domain.zeal import share_lines


def score_week(rules: Rules | LinearRules, evidence: WeekEvidence) -> WeekScore:
    """The lines of a week under these rules; the same evidence in any order gives the same lines."""
    return score_linear(rules, evidence) if isinstance(rules, LinearRules) else score_authentic(rules, evidence)


def score_authentic(rules: Rules, evidence: WeekEvidence) -> WeekScore:
    """The lines of a week under the model *authentic*: steps 1 to 10."""
    pairs = Reciprocity(rules.people, evidence.ambassador_id, evidence.pair_touches)
    shares = share_lines(rules.zeal, _valued(rules, evidence, pairs))
    others = replies_line(rules, evidence, pairs), conversions_line(rules.conversions, evidence.conversions)
    return WeekScore(
        ambassador_id=evidence.ambassador_id,
        week=evidence.week,
        rules_version=rules.version,
        lines=(*shares, *(line for line in others if line)),
    )


def _valued(rules: Rules, evidence: WeekEvidence, pairs: Reciprocity) -> list[ValuedShare]:
    touches, readings = defaultdict[UUID, list[Touch]](list), defaultdict[UUID, list[CountReading]](list)
    for touch in evidence.touches:
        touches[touch.share_id].append(touch)
    for reading in evidence.readings:
        readings[reading.share_id].append(reading)
    met = Encounters(touched(evidence.touches), rules.repeat.days)
    context = Context(rules=rules, met=met, pairs=pairs)
    return [value_of_share(context, s, touches[s.share_id], readings[s.share_id]) for s in evidence.shares]
