"""Step 9: answering those who comment, soon, in own words, and not always the same people."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.gamification.rules.domain.factors import MILLI, ONE, multiply, quantise, ratio
from services.gamification.rules.domain.facts import Answer, WeekEvidence
from services.gamification.rules.domain.history import Encounters, Reciprocity
from services.gamification.rules.domain.lines import Line, LineKind
from services.gamification.rules.domain.parameters import RepliesRules, Rules

_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ValuedAnswer:
    """An answer that counts, with its worth in ten-thousandths of a point."""

    answer: Answer
    worth: int


def promptness(rules: RepliesRules, elapsed: timedelta) -> int:
    """The factor tau in ten-thousandths: 1 up to `full_hours`, falling in a straight line to 0 at `zero_hours`.

    An answer dated before its comment (clocks differ) counts as immediate.
    """
    full, zero = timedelta(hours=rules.full_hours), timedelta(hours=rules.zero_hours)
    if elapsed <= full:
        return ONE
    return ratio((zero - elapsed) // _TICK, (zero - full) // _TICK) if elapsed < zero else 0


def replies_line(rules: Rules, evidence: WeekEvidence, pairs: Reciprocity) -> Line | None:
    """The answers of a week in one line, the best of each share, up to the limit of a week; None without any."""
    if not evidence.answers:
        return None
    counted = best_per_share(rules.replies, valued_answers(rules.replies, evidence, pairs))
    if not counted:
        return None
    total, limit = sum(c.worth for c in counted), quantise(rules.replies.per_week)
    slowest = max(c.answer.answered_at - c.answer.commented_at for c in counted)
    return Line(
        kind=LineKind.REPLIES,
        share_id=None,
        milli_points=multiply(min(total, limit), unit=MILLI),
        factors={
            "answers": len(counted),
            "outsiders": len({c.answer.person for c in counted if c.answer.colleague_id is None}),
            "colleagues": len({c.answer.person for c in counted if c.answer.colleague_id is not None}),
            "slowest_hours": max(1, -(-slowest // timedelta(hours=1))),
            "uncapped": total,
            "capped": int(total > limit),
        },
    )


def valued_answers(rules: RepliesRules, evidence: WeekEvidence, pairs: Reciprocity) -> list[ValuedAnswer]:
    """The answers of the week that are worth something.

    Of the answers to one person on one share only the first in `days` counts, and 1 / (t + 1) of it when the person
    was answered on t other shares in the `days` before.
    """
    good = [a for a in evidence.answers if _counts(rules, evidence.ambassador_id, a)]
    earlier = (a for a in evidence.earlier_answers if _counts(rules, evidence.ambassador_id, a))
    met = Encounters(((a.person, a.answered_at, a.share_id) for a in (*good, *earlier)), rules.days)
    valued = []
    for answer in _first(good):
        before = met.shares_before(answer.person, answer.answered_at, answer.share_id)
        worth = _worth(rules, answer, pairs, len(before))
        if worth and answer.share_id not in before:
            valued.append(ValuedAnswer(answer=answer, worth=worth))
    return valued


def _counts(rules: RepliesRules, ambassador_id: UUID, answer: Answer) -> bool:
    own = answer.colleague_id == ambassador_id
    return answer.words >= rules.least_words and not answer.repeated and not own


def _first(answers: Iterable[Answer]) -> list[Answer]:
    first: dict[tuple[UUID, str], Answer] = {}
    for answer in sorted(answers, key=_order):
        first.setdefault((answer.share_id, answer.person), answer)
    return list(first.values())


def _order(answer: Answer) -> tuple[datetime, datetime, int]:
    return answer.answered_at, answer.commented_at, answer.colleague_id.int if answer.colleague_id else -1


def _worth(rules: RepliesRules, answer: Answer, pairs: Reciprocity, times: int) -> int:
    soon = promptness(rules, answer.answered_at - answer.commented_at)
    who = pairs.weight(answer.colleague_id, answer.answered_at)
    return multiply(quantise(rules.each), soon, who, ratio(1, times + 1))


def best_per_share(rules: RepliesRules, answers: Sequence[ValuedAnswer]) -> list[ValuedAnswer]:
    """Of each share the answers worth most in this week, at most `best_per_share`."""
    shares = defaultdict[UUID, list[ValuedAnswer]](list)
    for valued in answers:
        shares[valued.answer.share_id].append(valued)
    best = (sorted(group, key=lambda v: (-v.worth, v.answer.person)) for group in shares.values())
    return [valued for group in best for valued in group[: rules.best_per_share]]
