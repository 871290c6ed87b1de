"""The rules document: complete, bounded, frozen, and the same after a trip through JSON."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from services.gamification.rules.domain import Rules, WeekEvidence, reach
from services.gamification.rules.errors import PresetNotFound

from .evidence import ME, RULES, share


def changed(group: str, **values: object) -> dict[str, Any]:  # a document may hold anything before it is checked
    document = RULES.model_dump()
    document[group] = {**document[group], **values}
    return document


def test_a_document_survives_json() -> None:
    assert Rules.model_validate_json(RULES.model_dump_json()) == RULES
    assert Rules.model_validate(json.loads(json.dumps(RULES.model_dump(mode="json")))) == RULES


def test_a_preset_takes_the_version_and_day_it_is_given() -> None:
    rules = Rules.preset("authentic", version=7, valid_from=date(2027, 1, 4))
    assert (rules.version, rules.valid_from, rules.people) == (7, date(2027, 1, 4), RULES.people)


def test_an_unknown_preset_is_a_named_failure() -> None:
    with pytest.raises(PresetNotFound, match="loudest"):
        Rules.preset("loudest")


def test_a_version_is_never_edited() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        RULES.people.reaction = 2  # type: ignore[misc]  # what this test is about


@pytest.mark.parametrize(
    ("group", "values"),
    [
        ("people", {"reaction": -1}),
        ("people", {"colleague": 1.5}),
        ("people", {"comment": 4.00001}),
        ("people", {"comment": float("nan")}),
        ("people", {"full_days": 31}),
        ("people", {"applause": 1}),
        ("text", {"reuse_low": 0.9}),
        ("text", {"own_words_scale": 0}),
        ("zeal", {"day_ratio": 1.1}),
        ("clicks", {"half_at": 0}),
        ("audience", {"smallest": 30_000}),
        ("audience", {"buckets": [500, 150]}),
        ("replies", {"full_hours": 72}),
        ("conversions", {"each": float("inf")}),
    ],
)
def test_numbers_that_make_no_sense_are_refused(group: str, values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Rules.model_validate(changed(group, **values))


def test_a_missing_number_is_refused() -> None:
    document = RULES.model_dump()
    del document["zeal"]["day_ratio"]
    with pytest.raises(ValidationError, match="day_ratio"):
        Rules.model_validate(document)


def test_reach_is_the_longest_look_back() -> None:
    assert reach(RULES) == timedelta(days=30)
    assert reach(Rules.model_validate(changed("repeat", days=45))) == timedelta(days=45)


def test_evidence_of_another_week_is_refused() -> None:
    with pytest.raises(ValueError, match="another week"):
        WeekEvidence(ambassador_id=ME, week="2026-W03", shares=(share(),))
