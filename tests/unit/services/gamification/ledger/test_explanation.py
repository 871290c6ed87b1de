"""What would have raised a line most, and the words for each factor."""

import pytest

from services.gamification.ledger.explanation import in_words, most
from services.gamification.ledger.explanation.meanings import ENGLISH, FRENCH
from services.gamification.ledger.explanation.missing import SENTENCES
from services.gamification.rules.domain import Line, LineKind

ALL = {"E": 260_000, "vc": 40_000, "value": 191_400, "F_pers": 10_000, "F_parrot": 10_000, "F_self": 10_000,
       "day": 10_000, "week": 10_000}  # fmt: skip


def share(**factors: int | str) -> Line:
    return Line(kind=LineKind.SHARE, share_id=None, milli_points=1, factors={**ALL, **factors})


@pytest.mark.parametrize(
    ("factors", "name", "milli_points"),
    [
        ({"E": 0, "vc": 0, "F_pers": 2000}, "reactions", None),
        ({"F_pers": 2000, "F_parrot": 5000}, "F_pers", 9570),
        ({"F_pers": 9000, "F_parrot": 5000}, "F_parrot", 17_226),
        ({"F_self": 625}, "F_self", 19_140),
        ({"day": 3000, "week": 4000, "F_pers": 2000}, "zeal", 3828),
        ({}, "people", None),
        ({"held": 1, "F_pers": 2000}, "held", None),
    ],
)
def test_the_largest_missing_factor_of_a_share(
    factors: dict[str, int | str], name: str, milli_points: int | None
) -> None:
    found = most(share(**factors), "en")
    assert (found.name, found.milli_points) == (name, milli_points)


def test_what_it_would_be_worth_is_said_as_each_language_writes_numbers() -> None:
    line = share(F_pers=2000)
    assert "19.1 points" in most(line, "en").sentence
    assert "19,1 points" in most(line, "fr").sentence


@pytest.mark.parametrize(
    ("kind", "factors", "name"),
    [
        (LineKind.REPLIES, {"answers": 3, "capped": 0}, "answers"),
        (LineKind.REPLIES, {"answers": 30, "capped": 1}, "limit"),
        (LineKind.CONVERSIONS, {"conversions": 1, "capped": 0}, "conversions"),
        (LineKind.SHARE, {"reactions": 8}, "people"),  # rules that know no text
    ],
)
def test_other_lines_say_what_is_left_to_do(kind: LineKind, factors: dict[str, int | str], name: str) -> None:
    assert most(Line(kind=kind, share_id=None, milli_points=1, factors=factors), "en").name == name


def test_factors_are_numbers_with_a_meaning() -> None:
    found = {factor.name: factor for factor in in_words({"F_pers": 9988, "comments": 3, "capability": "people"}, "fr")}
    assert (found["F_pers"].value, found["F_pers"].meaning) == (0.9988, "facteur pour vos propres mots")
    assert (found["comments"].value, found["capability"].value) == (3.0, "people")
    assert in_words({"new_factor": 2}, "en")[0].meaning == "new factor"


def test_both_languages_say_the_same_things() -> None:
    assert set(ENGLISH) == set(FRENCH)
    assert set(SENTENCES["en"]) == set(SENTENCES["fr"])
