from datetime import UTC, date, datetime

import pytest
from pydantic import ValidationError

from services.gamification.challenges.domain import State, done, state_of
from services.gamification.challenges.schemas import ChallengeIn

FIRST, LAST = date(2026, 11, 2), date(2026, 11, 15)
BODY = {
    "kind": "individual",
    "title": "Answer people",
    "counter": "answers",
    "first_day": FIRST.isoformat(),
    "last_day": LAST.isoformat(),
    "target": 5,
}


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (date(2026, 11, 1), State.UPCOMING),
        (FIRST, State.OPEN),
        (LAST, State.OPEN),
        (date(2026, 11, 16), State.ENDED),
    ],
)
def test_both_days_belong_to_a_challenge(today: date, state: State) -> None:
    at = datetime(2026, 11, 5, tzinfo=UTC)
    assert state_of(FIRST, LAST, today, completed_at=None, cancelled_at=None) is state
    assert state_of(FIRST, LAST, today, completed_at=at, cancelled_at=None) is State.COMPLETED
    assert state_of(FIRST, LAST, today, completed_at=None, cancelled_at=at) is State.CANCELLED


def test_done_stays_within_its_bounds() -> None:
    assert [done(value, 4) for value in (-1, 0, 1, 4, 9)] == [0, 0, 0.25, 1, 1]


@pytest.mark.parametrize(
    "wrong",
    [
        {"target": 0},
        {"counter": "followers"},
        {"last_day": "2026-11-01"},
        {"last_day": "2027-11-03"},
        {"kind": "team"},
        {"title": " "},
    ],
    ids=str,
)
def test_a_challenge_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    assert ChallengeIn.model_validate(BODY).target == 5
    with pytest.raises(ValidationError):
        ChallengeIn.model_validate({**BODY, **wrong})
