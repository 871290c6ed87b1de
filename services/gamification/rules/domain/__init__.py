"""The scoring model as functions of values: rules and evidence in, the lines of one ambassador's week out.

Integer arithmetic in ten-thousandths after every factor, so a replay gives the same points on every machine.
"""

from services.gamification.rules.domain.explain import Language, sentence
from services.gamification.rules.domain.facts import (
    Answer,
    Capability,
    Conversion,
    CountReading,
    Kind,
    PairTouch,
    ShareFacts,
    Touch,
    WeekEvidence,
)
from services.gamification.rules.domain.lines import Line, LineKind, WeekScore
from services.gamification.rules.domain.measure import Measure, Meter, Scale
from services.gamification.rules.domain.parameters import Rules
from services.gamification.rules.domain.reach import reach
from services.gamification.rules.domain.relation import Relation, grow
from services.gamification.rules.domain.week import measures_of, score_week

__all__ = [
    "Answer",
    "Capability",
    "Conversion",
    "CountReading",
    "Kind",
    "Language",
    "Line",
    "LineKind",
    "Measure",
    "Meter",
    "PairTouch",
    "Relation",
    "Rules",
    "Scale",
    "ShareFacts",
    "Touch",
    "WeekEvidence",
    "WeekScore",
    "grow",
    "measures_of",
    "reach",
    "score_week",
    "sentence",
]
