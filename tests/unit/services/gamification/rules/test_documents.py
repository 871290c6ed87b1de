"""Making rules from documents and presets: each wrong parameter is named, each contradiction explained."""

from datetime import date
from typing import Any

import pytest

from services.gamification.rules.domain import Rules
from services.gamification.rules.domain.contradictions import contradictions
from services.gamification.rules.domain.documents import (
    AnyRules,
    changed,
    checked,
    parameters,
    preset_document,
    rules_of,
)
from services.gamification.rules.errors import InvalidRules, PresetNotFound

DAY = date(2027, 1, 4)


def of(document: dict[str, Any]) -> AnyRules:
    return checked(document, version=3, valid_from=DAY, within="document")


def refused(document: dict[str, Any]) -> list[str]:
    with pytest.raises(InvalidRules) as caught:
        of(document)
    return [error.field for error in caught.value.errors]


def authentic(**changes: Any) -> dict[str, Any]:
    return changed(preset_document("authentic"), changes)


@pytest.mark.parametrize("preset", ["authentic", "linear"])
def test_a_preset_survives_storage(preset: str) -> None:
    rules = of(preset_document(preset))
    assert (rules.version, rules.valid_from, rules.model) == (3, DAY, preset)
    assert rules_of(rules.model_dump(mode="json")) == rules
    assert of(parameters(rules)) == rules


def test_a_document_from_before_there_were_models_is_authentic() -> None:
    stored = Rules.preset("authentic").model_dump(mode="json", exclude={"model"})
    assert rules_of(stored) == Rules.preset("authentic")


def test_an_unknown_preset_is_a_named_failure() -> None:
    with pytest.raises(PresetNotFound, match="authentic, linear"):
        preset_document("loudest")


def test_changes_touch_only_what_they_name() -> None:
    rules = of(authentic(people={"comment": 5}))
    assert isinstance(rules, Rules)
    assert rules.people == Rules.preset("authentic").people.model_copy(update={"comment": 5})
    assert rules.zeal == Rules.preset("authentic").zeal


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"people": {"reaction": -1}}, ["document.people.reaction"]),
        (
            {"people": {"reaction": 1001, "colleague": 2}},
            ["document.people.reaction", "document.people.colleague"],
        ),
        ({"people": {"applause": 1}}, ["document.people.applause"]),
        ({"applause": {"each": 1}}, ["document.applause"]),
        ({"audience": {"buckets": [1, 0]}}, ["document.audience.buckets[1]"]),
        ({"text": {"reuse_low": 0.95}}, ["document.text"]),
        ({"text": 3}, ["document.text"]),
        ({"model": "loud"}, ["document.model"]),
        ({"model": ["linear"]}, ["document.model"]),
        ({"version": 9}, ["document.version"]),
        ({"valid_from": "2020-01-01"}, ["document.valid_from"]),
    ],
)
def test_a_wrong_parameter_is_named(changes: dict[str, Any], fields: list[str]) -> None:
    assert refused(authentic(**changes)) == fields


def test_an_empty_document_lacks_every_group() -> None:
    assert "document.people" in refused({})
    assert refused({"model": "linear"}) == ["document.points", "document.limits"]


def test_the_preset_authentic_contradicts_itself_nowhere() -> None:
    assert contradictions(of(authentic())) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"zeal": {"full_a_day": 0}}, "zeal.full_a_day"),
        ({"zeal": {"full_a_week": 8}}, "zeal.full_a_week"),
        ({"text": {"least": 1}}, "text.least"),
        ({"parrot": {"own_repeat": 1}}, "parrot.own_repeat"),
        ({"people": {"most_per_person": 5}}, "people.most_per_person"),
        ({"people": {"comment": 0.5}}, "people.comment"),
        ({"people": {"colleague": 0.7}}, "people.colleague"),
        ({"people": {"late_weight": 0}}, "people.late_days"),
        ({"clicks": {"bound": 21}}, "clicks.bound"),
        ({"audience": {"reference": 100}}, "audience.reference"),
        ({"saturation": {"ceiling": 0}}, "saturation.ceiling"),
        ({"replies": {"per_week": 1}}, "replies.each"),
        ({"replies": {"best_per_share": 0}}, "replies.best_per_share"),
        ({"conversions": {"per_week": 10}}, "conversions.each"),
    ],
)
def test_a_contradiction_is_named_with_its_reason(changes: dict[str, Any], field: str) -> None:
    (found,) = contradictions(of(authentic(**changes)))
    assert found.field == field
    assert len(found.reason) > 10


def test_locked_captions_contradict_rules_that_ask_for_own_words() -> None:
    (found,) = contradictions(of(authentic()), ["Half-year figures"])
    assert (found.field, found.reason.split(":")[0]) == (
        "text.least",
        "the captions of the campaign Half-year figures are locked",
    )
    assert contradictions(of(authentic(text={"least": 0.5})), ["Half-year figures"]) == []
    assert [one.field for one in contradictions(of(preset_document("linear")), ["Half-year figures"])] == ["model"]


def test_linear_rules_warn_of_what_they_do_to_texts() -> None:
    plain = contradictions(of(preset_document("linear")))
    assert [one.field for one in plain] == ["model"]
    nothing = of(changed(preset_document("linear"), {"limits": {"points_a_day": 0, "shares_a_day": 0}}))
    assert {one.field for one in contradictions(nothing)} == {
        "model",
        "limits.shares_a_day",
        "limits.points_a_day",
        "points.share",
    }
