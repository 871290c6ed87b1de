"""The model *linear*: every action pays the same, and the limits of a day hold whatever happens."""

from collections import defaultdict
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.gamification.rules.domain import Kind, Language, Line, WeekScore, score_week, sentence
from services.gamification.rules.domain.documents import checked, preset_document
from services.gamification.rules.domain.linear_parameters import LinearRules

from .evidence import ME, MONDAY, reading, score, share, share_line, touch, touches
from .seasons import Season, evidence_by_week, seasons, shuffled

many = settings(max_examples=300)


def linear(**changes: dict[str, Any]) -> LinearRules:
    document = preset_document("linear")
    for group, values in changes.items():
        document[group] = {**document[group], **values}
    rules = checked(document, version=2, valid_from=date(2026, 1, 5), within="document")
    assert isinstance(rules, LinearRules)
    return rules


def week(rules: LinearRules, **evidence: Any) -> WeekScore:
    return score(evidence.pop("shares", [share()]), rules, **evidence)


def test_each_action_of_a_person_pays_once() -> None:
    crowd = [*touches(Kind.REACTION, 8), *touches(Kind.COMMENT, 3), *touches(Kind.CLICK, 5), touch("comment-0")]
    line = share_line(week(linear(), touches=[*crowd, *crowd]))
    assert line.milli_points == (5 + 9 * 1 + 3 * 4 + 5 * 1) * 1000


def test_the_text_makes_no_difference() -> None:
    copy = share(words=60, copied=60, parrot=100_000, self_repeats=2, audience=9)
    assert share_line(week(linear(), shares=[copy])).milli_points == 5000


def test_the_authors_own_actions_and_late_ones_pay_nothing() -> None:
    acts = [touch("me", by=ME), touch("late", at=31), touch("soon", at=29)]
    assert share_line(week(linear(), touches=acts)).milli_points == 6000


def test_people_whom_a_network_only_counts_are_added_to_those_with_a_name() -> None:
    counted = [reading(Kind.REACTION, 10, at=2)]
    assert share_line(week(linear(), touches=touches(Kind.REACTION, 3), readings=counted)).milli_points == 15_000


def test_the_best_shares_of_a_day_count_up_to_the_limit() -> None:
    shares = [share(i, at=i / 10) for i in range(4)]
    acts = touches(Kind.COMMENT, 2, on=3)
    paid = {line.share_id: line.milli_points for line in week(linear(), shares=shares, touches=acts).lines}
    assert sorted(paid.values()) == [0, 5000, 5000, 13_000]


OVER: dict[Language, str] = {
    "en": "10 points: 1 share, 9 comments (the limit of a day)",
    "fr": "10 points : 1 partage, 9 commentaires (limite de la journée)",
}


@pytest.mark.parametrize(("language", "expected"), OVER.items())
def test_the_sentence_names_what_was_counted_and_the_limit(language: Language, expected: str) -> None:
    line = share_line(week(linear(limits={"points_a_day": 10}), touches=touches(Kind.COMMENT, 9)))
    assert sentence(line, language) == expected


def test_a_line_below_the_limit_does_not_speak_of_it() -> None:
    assert sentence(share_line(week(linear())), "en") == "5 points: 1 share"


def by_day(season: Season, rules: LinearRules) -> dict[date, list[Line]]:
    days = {one.share_id: one.day for one in season.shares}
    found = defaultdict[date, list[Line]](list)
    for evidence in evidence_by_week(season).values():
        for line in score_week(rules, evidence).lines:
            assert line.share_id is not None
            found[days[line.share_id]].append(line)
    return found


@many
@given(seasons(), st.integers(0, 30), st.integers(0, 3))
def test_the_limits_of_a_day_hold(season: Season, points: int, shares: int) -> None:
    rules = linear(limits={"points_a_day": points + 0.0005, "shares_a_day": shares})
    for lines in by_day(season, rules).values():
        assert sum(line.milli_points for line in lines) <= points * 1000
        assert sum(line.milli_points > 0 for line in lines) <= shares
        assert all(line.milli_points >= 0 for line in lines)


@many
@given(seasons(), st.integers(1, 20))
def test_the_order_of_arrival_does_not_matter(season: Season, turn: int) -> None:
    one, other = by_day(season, linear()), by_day(shuffled(season, turn), linear())
    assert {day: sorted(map(repr, lines)) for day, lines in one.items()} == {
        day: sorted(map(repr, lines)) for day, lines in other.items()
    }


@many
@given(seasons())
def test_one_more_share_never_lowers_a_day(season: Season) -> None:
    fewer = replace(season, shares=season.shares[:-1])
    before, after = by_day(fewer, linear()), by_day(season, linear())
    for day, lines in before.items():
        assert sum(one.milli_points for one in after[day]) >= sum(one.milli_points for one in lines)


def test_a_week_of_linear_rules_carries_their_version() -> None:
    assert week(linear()).rules_version == 2
    assert MONDAY.date() == linear().valid_from
