"""Random small seasons of one ambassador, and their total under the rules."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from libs.periods import week_of
from services.gamification.rules.domain import (
    Answer,
    Capability,
    Conversion,
    CountReading,
    Kind,
    Line,
    PairTouch,
    ShareFacts,
    Touch,
    WeekEvidence,
    score_week,
)

from .evidence import ME, RULES, colleague, days, share, share_id

T = TypeVar("T")
STEP = timedelta(hours=6)
SPAN = 4 * 50  # steps in a season of fifty days: times are coarse, so that ties happen
SHARES = 6
KINDS = st.sampled_from(Kind)
STEPS = st.integers(0, SPAN)
PEOPLE = [(f"out-{i}", None) for i in range(4)] + [(f"col-{i}", colleague(i)) for i in range(3)] + [("me", ME)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """Everything that happened around one ambassador's shares."""

    shares: tuple[ShareFacts, ...] = ()
    touches: tuple[Touch, ...] = ()
    readings: tuple[CountReading, ...] = ()
    pair_touches: tuple[PairTouch, ...] = ()
    answers: tuple[Answer, ...] = ()
    conversions: tuple[Conversion, ...] = ()

    def plus(self, **more: Sequence[object]) -> "Season":
        """The season with more of some kinds of facts, at the end of each."""
        grown: dict[str, Any] = {name: (*getattr(self, name), *added) for name, added in more.items()}  # by name
        return replace(self, **grown)

    def last_moment(self) -> datetime:
        """When the last thing of the season happened."""
        moments: list[datetime] = [
            days(0),
            *(s.published_at for s in self.shares),
            *(a.answered_at for a in self.answers),
        ]
        timed: tuple[Any, ...] = (*self.touches, *self.readings, *self.pair_touches, *self.conversions)  # all have at
        moments.extend(fact.at for fact in timed)
        return max(moments)


def evidence_by_week(season: Season) -> dict[str, WeekEvidence]:
    """What each week is scored from; histories hold the whole season, which must not matter."""
    weeks = {s.week for s in season.shares}
    weeks |= {week_of(a.answered_at.date()) for a in season.answers}
    weeks |= {week_of(c.at.date()) for c in season.conversions}
    return {week: _evidence(season, week) for week in sorted(weeks)}


def _evidence(season: Season, week: str) -> WeekEvidence:
    return WeekEvidence(
        ambassador_id=ME,
        week=week,
        shares=tuple(s for s in season.shares if s.week == week),
        touches=season.touches,
        readings=season.readings,
        pair_touches=season.pair_touches,
        answers=tuple(a for a in season.answers if week_of(a.answered_at.date()) == week),
        earlier_answers=tuple(a for a in season.answers if week_of(a.answered_at.date()) != week),
        conversions=tuple(c for c in season.conversions if week_of(c.at.date()) == week),
    )


def lines(season: Season) -> list[Line]:
    return [line for evidence in evidence_by_week(season).values() for line in score_week(RULES, evidence).lines]


def total(season: Season) -> int:
    return sum(line.milli_points for line in lines(season))


def after(step: int) -> datetime:
    return days(0) + step * STEP


@st.composite
def shares(draw: st.DrawFn, number: int) -> ShareFacts:
    words = draw(st.integers(0, 90))
    return share(
        number,
        at=draw(st.integers(0, 120)) / 4,
        words=words,
        copied=draw(st.integers(0, words)),
        parrot=draw(st.integers(0, 60_000)),
        self_repeats=draw(st.integers(0, 2)),
        audience=draw(st.none() | st.integers(0, 30_000)),
        capability=draw(st.sampled_from(Capability)),
    )


SHARE_IDS = st.integers(0, SHARES - 1).map(share_id)


def _touch(share_id: UUID, who: tuple[str, UUID | None], kind: Kind, step: int) -> Touch:
    return Touch(share_id=share_id, person=who[0], colleague_id=who[1], kind=kind, at=after(step))


def _answer(share_id: UUID, who: tuple[str, UUID | None], step: int, hours: int, words: int) -> Answer:
    return Answer(
        share_id=share_id,
        person=who[0],
        colleague_id=who[1],
        commented_at=after(step) - timedelta(hours=hours),
        answered_at=after(step),
        words=words,
        repeated=words == 5,
    )


def _pair(number: int, step: int, *, received: bool) -> PairTouch:
    other = colleague(number)
    return PairTouch(by=other if received else ME, author=ME if received else other, at=after(step))


def _reading(share_id: UUID, kind: Kind, count: int, step: int) -> CountReading:
    return CountReading(share_id=share_id, kind=kind, count=count, at=after(step))


WHO = st.sampled_from(PEOPLE)
TOUCHES = st.builds(_touch, SHARE_IDS, WHO, KINDS, STEPS)
ANSWERS = st.builds(_answer, SHARE_IDS, WHO, STEPS, st.integers(0, 80), st.integers(1, 9))
PAIRS = st.builds(_pair, st.integers(0, 2), STEPS, received=st.booleans())
READINGS = st.builds(_reading, SHARE_IDS, KINDS, st.integers(0, 9), STEPS)
CONVERSIONS = st.builds(
    lambda i, v, s: Conversion(share_id=i, visitor=f"v{v}", at=after(s)), SHARE_IDS, st.integers(0, 9), STEPS
)


def _some(facts: SearchStrategy[T], most: int) -> SearchStrategy[tuple[T, ...]]:
    return st.lists(facts, max_size=most).map(tuple)


@st.composite
def seasons(draw: st.DrawFn) -> Season:
    numbers = range(draw(st.integers(1, SHARES)))
    return Season(
        shares=tuple(draw(shares(number)) for number in numbers),
        touches=draw(_some(TOUCHES, 14)),
        readings=draw(_some(READINGS, 5)),
        pair_touches=draw(_some(PAIRS, 8)),
        answers=draw(_some(ANSWERS, 6)),
        conversions=draw(_some(CONVERSIONS, 3)),
    )


def shuffled(season: Season, turn: int) -> Season:
    """The same facts, each kind turned round and started elsewhere."""
    changes: dict[str, Any] = {}  # by name of the field
    for part in fields(season):
        facts = getattr(season, part.name)
        cut = turn % len(facts) if facts else 0
        changes[part.name] = (*facts[cut:], *facts[:cut])[::-1]
    return replace(season, **changes)
