from datetime import date
from uuid import UUID

import pytest

from services.gamification.ledger.domain import LineKey, Scored, differences, without
from services.gamification.members.domain import Calendar
from services.gamification.rules.domain import Language, Line, LineKind, WeekScore, sentence

AUTHOR, HELD, FREE = UUID(int=1), UUID(int=2), UUID(int=3)
CALENDAR = Calendar(UUID(int=9), "Europe/Paris", date(2026, 9, 7))
FACTORS: dict[str, int | str] = {"reactions": 3, "F_pers": 9000, "F_parrot": 10_000, "F_self": 10_000, "day": 10_000}
FACTORS |= {
    "week": 10_000,
    "A": 10_000,
    "audience_bucket": 500,
    "comments": 0,
    "reshares": 0,
    "mentions": 0,
    "visits": 0,
}


def scored() -> Scored:
    lines = (
        Line(kind=LineKind.SHARE, share_id=HELD, milli_points=7000, factors=dict(FACTORS)),
        Line(kind=LineKind.SHARE, share_id=FREE, milli_points=5000, factors=dict(FACTORS)),
        Line(kind=LineKind.REPLIES, share_id=None, milli_points=3000, factors={"answers": 1}),
    )
    return Scored(CALENDAR, WeekScore(ambassador_id=AUTHOR, week="2026-W45", rules_version=1, lines=lines))


def test_a_held_share_is_worth_nothing_and_everything_else_stays() -> None:
    (week,) = without([scored()], {HELD})
    held, free, replies = week.score.lines
    assert held.milli_points == 0
    assert held.factors == {**FACTORS, "held": 1}
    assert (free, replies) == scored().score.lines[1:]


def test_without_a_hold_nothing_is_booked_and_nothing_is_marked() -> None:
    assert next(iter(without([scored()], set()))) == scored()


def test_a_hold_and_its_release_book_the_same_amount_in_both_directions() -> None:
    down = list(differences(without([scored()], {HELD}), _held(scored())))
    assert [(one.before, one.line.milli_points) for one in down] == [(7000, 0)]
    after = {**_held(scored()), **{one.key: one.line.milli_points for one in down}}
    up = list(differences(without([scored()], set()), after))
    assert [(one.before, one.line.milli_points) for one in up] == [(0, 7000)]


@pytest.mark.parametrize(
    ("language", "words"), [("en", "held for a review, 3 reactions"), ("fr", "retenus pour examen")]
)
def test_the_sentence_says_that_it_is_held(language: Language, words: str) -> None:
    (week,) = without([scored()], {HELD})
    assert words in sentence(week.score.lines[0], language)
    assert words not in sentence(week.score.lines[1], language)


def _held(one: Scored) -> dict[LineKey, int]:
    return {difference.key: difference.line.milli_points for difference in differences([one], {})}
