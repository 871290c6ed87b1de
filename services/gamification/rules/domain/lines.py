"""The result of scoring: the lines of a week, each with the factors that made it."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class LineKind(StrEnum):
    """What a line is paid for."""

    SHARE = "share"
    REPLIES = "replies"
    CONVERSIONS = "conversions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Points in thousandths, rounded once, and everything that explains them.

    share        words, own_words, parrot (k), self_repeats, audience_bucket, capability; heads by class (outsiders,
                 colleagues, nameless) and by kind (reactions, comments, reshares, mentions, visits); in ten-thousandths
                 worth_outsiders, worth_colleagues, worth_nameless, E, vc, A, X, V, value (2 + V), F_pers, F_parrot,
                 F_self, day, week: milli_points = value F_pers F_parrot F_self day week, rounded half up
                 of the model *linear*: model, words, own_words, capability, heads by kind, uncapped
                 (ten-thousandths), day_capped (0, 1), rank_of_day
    replies      answers, outsiders, colleagues, slowest_hours (rounded up), uncapped (ten-thousandths), capped (0, 1)
    conversions  conversions, uncapped (ten-thousandths), capped (0, 1)
    """

    kind: LineKind
    share_id: UUID | None
    milli_points: int
    factors: dict[str, int | str] = field(hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekScore:
    """The lines of one ambassador's week under one version of the rules; shares by id, then replies, conversions."""

    ambassador_id: UUID
    week: str
    rules_version: int
    lines: tuple[Line, ...]

    @property
    def milli_points(self) -> int:
        """The total of the week: exactly the sum of its lines."""
        return sum(line.milli_points for line in self.lines)
