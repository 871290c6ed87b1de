"""The score of one ambassador's week: every step in its order, from evidence to lines, under either model."""

from collections import defaultdict
from collections.abc import Mapping
from uuid import UUID

from services.gamification.rules.domain.conversions import conversions_line
from services.gamification.rules.domain.facts import CountReading, Touch, WeekEvidence
from services.gamification.rules.domain.history import Encounters, Reciprocity, touched
from services.gamification.rules.domain.linear import score_linear
from services.gamification.rules.domain.linear_parameters import LinearRules
from services.gamification.rules.domain.lines import WeekScore
from services.gamification.rules.domain.measure import History, Measure, Scale, measured
from services.gamification.rules.domain.parameters import Rules
from services.gamification.rules.domain.replies import replies_line
from services.gamification.rules.domain.share import value_of_share
from services.gamification.rules.domain.zeal import share_lines

Measures = Mapping[UUID, Measure]  # by share


def score_week(rules: Rules | LinearRules, evidence: WeekEvidence, measures: Measures | None = None) -> WeekScore:
    """The lines of a week under these rules; the same evidence in any order gives the same lines.

    Where it is known what the touches and readings of each share come to (under these rules of the model *authentic*),
    `measures` has it and the evidence needs none of them.
    """
    if isinstance(rules, LinearRules):
        return score_linear(rules, evidence)
    return score_authentic(rules, evidence, measures)


def score_authentic(rules: Rules, evidence: WeekEvidence, measures: Measures | None = None) -> WeekScore:
    """The lines of a week under the model *authentic*: steps 1 to 10."""
    seen = measures_of(rules, evidence) if measures is None else measures
    valued = [value_of_share(rules, share, seen[share.share_id]) for share in evidence.shares]
    others = (
        replies_line(rules, evidence, _pairs(rules, evidence)),
        conversions_line(rules.conversions, evidence.conversions),
    )
    return WeekScore(
        ambassador_id=evidence.ambassador_id,
        week=evidence.week,
        rules_version=rules.version,
        lines=(*share_lines(rules.zeal, valued), *(line for line in others if line)),
    )


def measures_of(rules: Rules, evidence: WeekEvidence) -> dict[UUID, Measure]:
    """What the touches and readings of each share of the evidence come to."""
    touches, readings = defaultdict[UUID, list[Touch]](list), defaultdict[UUID, list[CountReading]](list)
    for touch in evidence.touches:
        touches[touch.share_id].append(touch)
    for reading in evidence.readings:
        readings[reading.share_id].append(reading)
    history = History(Encounters(touched(evidence.touches), rules.repeat.days), _pairs(rules, evidence))
    scale = Scale(rules)
    return {
        share.share_id: measured(scale, share, touches[share.share_id], readings[share.share_id], history)
        for share in evidence.shares
    }


def _pairs(rules: Rules, evidence: WeekEvidence) -> Reciprocity:
    return Reciprocity(rules.people, evidence.ambassador_id, evidence.pair_touches)
