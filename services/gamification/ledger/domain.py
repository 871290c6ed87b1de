"""Scoring the weeks that new facts touch, and the differences to what the ledger holds."""

from collections.abc import Container, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from services.gamification.evidence.domain import Dossier, Stretch, Told
from services.gamification.members.domain import Calendar
from services.gamification.rules.domain import Line, LineKind, WeekEvidence, WeekScore

NO_SHARE = UUID(int=0)  # the share of a line that belongs to the week as a whole


class LineKey(NamedTuple):  # as a key it is hashed again and again, which a dataclass does in Python
    """What a line is identified by."""

    ambassador_id: UUID
    week: str
    kind: str
    share_id: UUID


class Difference(NamedTuple):
    """A line whose value is no longer what the ledger holds, in milli-points."""

    key: LineKey
    line: Line
    calendar: Calendar
    rules_version: int
    before: int


@dataclass(frozen=True, slots=True)
class Worth:
    """What a line is worth in a measure, in thousandths; `share_id` is of a line of the kind `share` alone."""

    ambassador_id: UUID
    week: str
    kind: str
    share_id: UUID
    amount: int


def kinds_of(measure: str) -> list[str]:
    """Return which lines count in a measure: all in `points`, answers in `conversation`, else those of shares."""
    if measure == "points":
        return [kind.value for kind in LineKind]
    return [LineKind.REPLIES.value if measure == "conversation" else LineKind.SHARE.value]


@dataclass(frozen=True, slots=True)
class Span:
    """The weeks of an ambassador that new facts can concern, first and last included."""

    ambassador_id: UUID
    first: str
    last: str
    calendar: Calendar

    def holds(self, week: str) -> bool:
        """Whether a week is one of them; the text order of ISO weeks is their time order."""
        return self.first <= week <= self.last


def span_of(stretch: Stretch, calendar: Calendar, reach: timedelta) -> Span:
    """Return the weeks that facts within the stretch can concern (see `rules.domain.reach`)."""
    near = stretch.widened(reach)
    return Span(stretch.ambassador_id, calendar.week(near.since), calendar.week(near.until), calendar)


def weeks_of(span: Span, dossier: Dossier, held: Iterable[LineKey]) -> list[str]:
    """Return the weeks of the span that have anything to score, or anything that the ledger holds."""
    week = span.calendar.week
    weeks = {share.week for share in dossier.shares}
    weeks |= {week(answer.answered_at) for answer in dossier.answers}
    weeks |= {week(conversion.at) for conversion in dossier.conversions}
    weeks |= {key.week for key in held if key.ambassador_id == span.ambassador_id}
    return sorted(filter(span.holds, weeks))


def evidence_of_week(ambassador_id: UUID, week: str, dossier: Dossier, calendar: Calendar) -> WeekEvidence:
    """Return the part of a dossier that one week is scored from; older history in it does no harm."""
    answers = [(calendar.week(answer.answered_at), answer) for answer in dossier.answers]
    return WeekEvidence(
        ambassador_id=ambassador_id,
        week=week,
        shares=tuple(share for share in dossier.shares if share.week == week),
        touches=tuple(dossier.touches),
        readings=tuple(dossier.readings),
        pair_touches=tuple(dossier.pair_touches),
        answers=tuple(answer for of, answer in answers if of == week),
        earlier_answers=tuple(answer for of, answer in answers if of < week),
        conversions=tuple(c for c in dossier.conversions if calendar.week(c.at) == week),
    )


def evidence_of_parts(
    ambassador_id: UUID, week: str, dossier: Dossier, calendar: Calendar, parts: Container[LineKind]
) -> WeekEvidence:
    """Return what some kinds of lines of a week are scored from; the others come out empty and mean nothing."""
    empty = Dossier(touches=dossier.touches, pair_touches=dossier.pair_touches)
    if LineKind.SHARE in parts:
        empty.shares, empty.readings = dossier.shares, dossier.readings
    if LineKind.REPLIES in parts:
        empty.answers = dossier.answers
    if LineKind.CONVERSIONS in parts:
        empty.conversions = dossier.conversions
    return evidence_of_week(ambassador_id, week, empty, calendar)


class Scored(NamedTuple):
    """One ambassador's week under the rules that hold for it."""

    calendar: Calendar
    score: WeekScore


def without(scored: Iterable[Scored], held_back: AbstractSet[UUID]) -> Iterator[Scored]:
    """Return the weeks with the shares that are held back worth nothing; their factors stay, with `held` 1."""
    for one in scored:
        if held_back.isdisjoint(line.share_id for line in one.score.lines):
            yield one
            continue
        lines = [
            replace(line, milli_points=0, factors={**line.factors, "held": 1}) if line.share_id in held_back else line
            for line in one.score.lines
        ]
        yield one._replace(score=replace(one.score, lines=tuple(lines)))


def differences(scored: Iterable[Scored], held: Mapping[LineKey, int]) -> Iterator[Difference]:
    """Return the lines whose milli-points differ from what is held.

    A line that the ledger does not hold counts 0; one that it holds and the week no longer has is worth 0 now.
    """
    by_week: dict[tuple[UUID, str], dict[LineKey, int]] = {}
    for key, milli_points in held.items():
        by_week.setdefault((key.ambassador_id, key.week), {})[key] = milli_points
    for one in scored:
        score = one.score
        left = by_week.get((score.ambassador_id, score.week), {})
        for line in score.lines:
            key = LineKey(score.ambassador_id, score.week, line.kind, line.share_id or NO_SHARE)
            if line.milli_points != (before := left.pop(key, 0)):
                yield Difference(key, line, one.calendar, score.rules_version, before)
        for key, before in left.items():
            if before:
                yield Difference(key, nothing_left(key), one.calendar, score.rules_version, before)


def by_cause(found: Iterable[Difference], told: Told) -> list[tuple[str | None, list[Difference]]]:
    """Return differences by what led to them, where that is not simply the message that is being handled."""
    causes: dict[str | None, list[Difference]] = {}
    for difference in found:
        cause = told.cause(difference.key.ambassador_id) if told.taken_from else None
        causes.setdefault(cause, []).append(difference)
    return list(causes.items())


def nothing_left(key: LineKey) -> Line:
    """Return the line of a week that no longer has one of this kind."""
    counted = {"replies": ("answers", "outsiders", "colleagues", "slowest_hours"), "conversions": ("conversions",)}
    factors: dict[str, int | str] = dict.fromkeys((*counted.get(key.kind, ()), "uncapped", "capped"), 0)
    share_id = None if key.share_id == NO_SHARE else key.share_id
    return Line(kind=LineKind(key.kind), share_id=share_id, milli_points=0, factors=factors)
