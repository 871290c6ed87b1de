"""The model *linear*: each action on a share pays the same, up to a limit of points and of shares a day.

It pays for noise as the tools do that it imitates: no own words, no parrot, no audience, no answers, no conversions.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from services.gamification.rules.domain.factors import MILLI, multiply, quantise
from services.gamification.rules.domain.facts import CountReading, Kind, ShareFacts, Touch, WeekEvidence
from services.gamification.rules.domain.linear_parameters import LinearPoints, LinearRules
from services.gamification.rules.domain.lines import Line, LineKind, WeekScore
from services.gamification.rules.domain.nameless import nameless
from services.gamification.rules.domain.people import first_actions, named_times

HEADS = {
    Kind.REACTION: "reactions",
    Kind.COMMENT: "comments",
    Kind.RESHARE: "reshares",
    Kind.MENTION: "mentions",
    Kind.CLICK: "visits",
}


@dataclass(frozen=True, slots=True)
class CountedShare:
    """A share with its heads by kind, and its worth in milli-points before the limits of its day."""

    share: ShareFacts
    heads: dict[Kind, int]
    worth: int

    @property
    def order(self) -> tuple[int, int]:
        """The best first, equal ones by id: one more share can only add."""
        return -self.worth, self.share.share_id.int


def score_linear(rules: LinearRules, evidence: WeekEvidence) -> WeekScore:
    """The lines of a week under linear rules; the same evidence in any order gives the same lines."""
    touches, readings = defaultdict[UUID, list[Touch]](list), defaultdict[UUID, list[CountReading]](list)
    for touch in evidence.touches:
        touches[touch.share_id].append(touch)
    for reading in evidence.readings:
        readings[reading.share_id].append(reading)
    days = defaultdict[date, list[CountedShare]](list)
    for share in evidence.shares:
        days[share.day].append(_counted(rules, share, touches[share.share_id], readings[share.share_id]))
    lines = [line for of_day in days.values() for line in day_lines(rules, of_day)]
    return WeekScore(
        ambassador_id=evidence.ambassador_id,
        week=evidence.week,
        rules_version=rules.version,
        lines=tuple(sorted(lines, key=lambda line: line.share_id.int if line.share_id else -1)),
    )


def day_lines(rules: LinearRules, shares: Sequence[CountedShare]) -> list[Line]:
    """One line for each share of a day: the best ones until either limit is reached, nothing for the rest."""
    left = quantise(rules.limits.points_a_day) * MILLI // quantise(1)
    lines = []
    for rank, counted in enumerate(sorted(shares, key=lambda one: one.order)):
        paid = min(left, counted.worth) if rank < rules.limits.shares_a_day else 0
        left -= paid
        lines.append(_line(counted, paid, rank=rank + 1))
    return lines


def kind_points(points: LinearPoints) -> dict[Kind, int]:
    """What one action of each kind is worth, in ten-thousandths."""
    return {
        Kind.REACTION: quantise(points.reaction),
        Kind.COMMENT: quantise(points.comment),
        Kind.RESHARE: quantise(points.reshare),
        Kind.MENTION: quantise(points.mention),
        Kind.CLICK: quantise(points.click),
    }


def _counted(
    rules: LinearRules, share: ShareFacts, touches: Sequence[Touch], readings: Sequence[CountReading]
) -> CountedShare:
    """Each person once for each kind, without the author, and those whom a network only counts."""
    until = share.published_at + timedelta(days=rules.limits.days)
    first = first_actions(touches)
    named = named_times(first)
    heads = dict.fromkeys(Kind, 0)
    for touch in first:
        heads[touch.kind] += touch.at <= until and not touch.is_by(share.ambassador_id)
    for kind in {reading.kind for reading in readings}:
        of_kind = [reading for reading in readings if reading.kind is kind]
        crowd = nameless(rules.limits, share.published_at, of_kind, named[kind])
        heads[kind] += crowd.full + crowd.late
    worth = quantise(rules.points.share) + sum(heads[kind] * each for kind, each in kind_points(rules.points).items())
    return CountedShare(share, heads, multiply(worth, unit=MILLI))


def _line(counted: CountedShare, paid: int, *, rank: int) -> Line:
    return Line(
        kind=LineKind.SHARE,
        share_id=counted.share.share_id,
        milli_points=paid,
        factors={
            "model": "linear",
            "words": counted.share.words,
            "own_words": counted.share.words - counted.share.copied,
            "capability": counted.share.capability.value,
            **{HEADS[kind]: number for kind, number in counted.heads.items()},
            "uncapped": counted.worth * quantise(1) // MILLI,
            "day_capped": int(paid < counted.worth),
            "rank_of_day": rank,
        },
    )
