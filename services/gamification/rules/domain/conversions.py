"""Step 10: verified conversions, each visitor once, up to the limit of a week."""

from collections.abc import Iterable

from services.gamification.rules.domain.factors import MILLI, multiply, quantise
from services.gamification.rules.domain.facts import Conversion
from services.gamification.rules.domain.lines import Line, LineKind
from services.gamification.rules.domain.parameters import ConversionsRules


def conversions_line(rules: ConversionsRules, conversions: Iterable[Conversion]) -> Line | None:
    """The conversions of a week in one line; None without any."""
    converted = {conversion.visitor for conversion in conversions}
    if not converted:
        return None
    total, limit = len(converted) * quantise(rules.each), quantise(rules.per_week)
    return Line(
        kind=LineKind.CONVERSIONS,
        share_id=None,
        milli_points=multiply(min(total, limit), unit=MILLI),
        factors={"conversions": len(converted), "uncapped": total, "capped": int(total > limit)},
    )
