"""Answering those who comment."""

from datetime import timedelta

import pytest

from services.gamification.rules.domain import Answer, LineKind
from services.gamification.rules.domain.replies import promptness

from .evidence import ME, RULES, answer, colleague, each_way, line_of, score


def points(*answers: Answer, earlier: tuple[Answer, ...] = ()) -> int:
    line = line_of(score(answers=answers, earlier_answers=earlier), LineKind.REPLIES)
    return line.milli_points if line else 0


@pytest.mark.parametrize(("hours", "factor"), [(-1, 10_000), (0, 10_000), (4, 10_000), (38, 5000), (72, 0), (500, 0)])
def test_promptness_falls_in_a_straight_line(hours: float, factor: int) -> None:
    assert promptness(RULES.replies, timedelta(hours=hours)) == factor


def test_an_answer_within_four_hours_is_worth_two() -> None:
    assert points(answer("ann")) == 2000


@pytest.mark.parametrize("worthless", [{"words": 2}, {"repeated": True}, {"hours": 80}, {"by": ME}])
def test_answers_that_are_worth_nothing(worthless: dict[str, object]) -> None:
    assert points(answer("ann", **worthless)) == 0  # type: ignore[arg-type]  # one field at a time, of its own type


def test_only_the_first_good_answer_to_a_person_on_a_share_counts() -> None:
    assert points(answer("ann", words=1), answer("ann", at=1, hours=38), answer("ann", at=2)) == 1000


def test_a_first_answer_of_the_week_before_is_still_the_first() -> None:
    assert points(answer("ann", at=1), earlier=(answer("ann", at=-2),)) == 0


@pytest.mark.parametrize(("at", "value"), [(-1, 1000), (-29.7, 1000), (-30, 2000)])
def test_answering_the_same_person_on_other_shares_counts_less_for_thirty_days(at: float, value: int) -> None:
    assert points(answer("ann"), earlier=(answer("ann", on=1, at=at),)) == value


def test_the_best_six_of_a_share_count() -> None:
    slow, quick = answer("slow", hours=38), [answer(f"p{i}") for i in range(6)]
    assert points(slow, *quick) == 12_000
    assert points(slow, *quick[:5]) == 11_000


def test_a_week_holds_at_most_twenty_points() -> None:
    many = [answer(f"p{i}", on=i % 3) for i in range(15)]
    line = line_of(score(answers=many), LineKind.REPLIES)
    assert line is not None
    assert (line.milli_points, line.factors["uncapped"], line.factors["capped"]) == (20_000, 300_000, 1)


def test_colleagues_count_as_they_do_for_reactions() -> None:
    cy = colleague(1)
    assert points(answer("cy", by=cy)) == 500
    pairs = each_way(cy, received=2, given=2)
    line = line_of(score(answers=[answer("cy", by=cy)], pair_touches=pairs), LineKind.REPLIES)
    assert line is not None
    assert line.milli_points == 100


def test_a_line_tells_how_many_and_how_fast() -> None:
    answers = [answer("ann", hours=1.5), answer("cy", by=colleague(1), hours=0.1)]
    line = line_of(score(answers=answers), LineKind.REPLIES)
    assert line is not None
    assert line.factors == {
        "answers": 2,
        "outsiders": 1,
        "colleagues": 1,
        "slowest_hours": 2,
        "uncapped": 25_000,
        "capped": 0,
    }
