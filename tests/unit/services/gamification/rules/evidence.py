"""Builders of evidence: one ambassador, outsiders and colleagues, times in days after the first Monday."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from libs.periods import week_of
from services.gamification.rules.domain import (
    Answer,
    Capability,
    CountReading,
    Kind,
    Line,
    LineKind,
    PairTouch,
    Rules,
    ShareFacts,
    Touch,
    WeekEvidence,
    WeekScore,
    score_week,
)
from services.gamification.rules.domain.linear_parameters import LinearRules

RULES = Rules.preset("authentic")
MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
ME = UUID(int=1)


def days(number: float) -> datetime:
    return MONDAY + timedelta(days=number)


def share_id(number: int) -> UUID:
    return UUID(int=1000 + number)


def colleague(number: int) -> UUID:
    return UUID(int=100 + number)


def share(number: int = 0, *, at: float = 0, **changes: object) -> ShareFacts:
    fields: dict[str, Any] = {  # one value for each field, of its own type
        "share_id": share_id(number),
        "ambassador_id": ME,
        "published_at": days(at),
        "day": days(at).date(),
        "week": week_of(days(at).date()),
        "words": 88,
        "copied": 18,
        "parrot": 0,
        "self_repeats": 0,
        "audience": 500,
        "capability": Capability.PEOPLE,
    }
    return ShareFacts(**{**fields, **changes})


def touch(person: str, kind: Kind = Kind.REACTION, *, on: int = 0, at: float = 0.1, by: UUID | None = None) -> Touch:
    return Touch(share_id=share_id(on), person=person, colleague_id=by, kind=kind, at=days(at))


def touches(kind: Kind, number: int, *, on: int = 0, at: float = 0.1) -> list[Touch]:
    """As many different outsiders; the same kind and number always means the same people."""
    return [touch(f"{kind}-{i}", kind, on=on, at=at) for i in range(number)]


def reading(kind: Kind, count: int, *, at: float, on: int = 0) -> CountReading:
    return CountReading(share_id=share_id(on), kind=kind, count=count, at=days(at))


def answer(
    person: str,
    *,
    on: int = 0,
    at: float = 0.2,
    hours: float = 2,
    by: UUID | None = None,
    words: int = 6,
    repeated: bool = False,
) -> Answer:
    return Answer(
        share_id=share_id(on),
        person=person,
        colleague_id=by,
        commented_at=days(at) - timedelta(hours=hours),
        answered_at=days(at),
        words=words,
        repeated=repeated,
    )


def each_way(by: UUID, *, received: int, given: int, at: float = -1) -> list[PairTouch]:
    """Touches of a pair: what the ambassador received from the colleague, and gave."""
    there = [PairTouch(by=by, author=ME, at=days(at)) for _ in range(received)]
    return there + [PairTouch(by=ME, author=by, at=days(at)) for _ in range(given)]


def score(
    shares: Iterable[ShareFacts] = (), rules: Rules | LinearRules = RULES, **evidence: Iterable[object]
) -> WeekScore:
    """The score of the first week."""
    given: dict[str, Any] = {name: tuple(values) for name, values in evidence.items()}  # one tuple for each field
    week = week_of(MONDAY.date())
    return score_week(rules, WeekEvidence(ambassador_id=ME, week=week, shares=tuple(shares), **given))


def share_line(week: WeekScore, number: int = 0) -> Line:
    return next(line for line in week.lines if line.share_id == share_id(number))


def line_of(week: WeekScore, kind: LineKind) -> Line | None:
    return next((line for line in week.lines if line.kind is kind), None)


def factors_of(week: WeekScore, number: int = 0) -> dict[str, int | str]:
    return share_line(week, number).factors
