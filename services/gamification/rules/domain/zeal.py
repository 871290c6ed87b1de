"""Step 8: many shares in a day or a week count less each, the best ones first, whatever the order of posting."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from services.gamification.rules.domain.factors import MILLI, ONE, multiply, power
from services.gamification.rules.domain.lines import Line, LineKind
from services.gamification.rules.domain.parameters import ZealRules
from services.gamification.rules.domain.share import ValuedShare


def rank_factor(full: int, step: float, rank: int) -> int:
    """The factor of a rank (from 0): the first `full` ranks are 1, each further one times `step` once more."""
    return ONE if rank < full else power(step, rank - full + 1)


def share_lines(rules: ZealRules, shares: Sequence[ValuedShare]) -> list[Line]:
    """One line for each share of a week, by share id.

    Ranks go by exact value (equal ones by id), so a further share or a higher value can only add.
    """
    day = day_factors(rules, shares)
    left = {valued.share_id: valued.exact * day[valued.share_id] for valued in shares}
    ranked = sorted(shares, key=lambda valued: (-left[valued.share_id], valued.share_id.int))
    week = {v.share_id: rank_factor(rules.full_a_week, rules.week_ratio, rank) for rank, v in enumerate(ranked)}
    ordered = sorted(shares, key=lambda valued: valued.share_id.int)
    return [_line(valued, day[valued.share_id], week[valued.share_id]) for valued in ordered]


def day_factors(rules: ZealRules, shares: Sequence[ValuedShare]) -> dict[UUID, int]:
    """The factor of each share's rank among those of its day."""
    days = defaultdict[date, list[ValuedShare]](list)
    for valued in shares:
        days[valued.share.day].append(valued)
    factors: dict[UUID, int] = {}
    for same_day in days.values():
        same_day.sort(key=lambda valued: (-valued.exact, valued.share_id.int))
        for rank, valued in enumerate(same_day):
            factors[valued.share_id] = rank_factor(rules.full_a_day, rules.day_ratio, rank)
    return factors


def _line(valued: ValuedShare, day: int, week: int) -> Line:
    return Line(
        kind=LineKind.SHARE,
        share_id=valued.share_id,
        milli_points=multiply(*valued.parts, day, week, unit=MILLI),
        factors={**valued.factors, "day": day, "week": week},
    )
