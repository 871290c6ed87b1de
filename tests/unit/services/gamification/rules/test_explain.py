"""What people are told about their points."""

import pytest

from services.gamification.rules.domain import Conversion, Kind, Language, LineKind, sentence

from .evidence import answer, days, line_of, score, share, share_id, share_line, touches


def crowd() -> list[object]:
    numbers = {Kind.REACTION: 8, Kind.COMMENT: 3, Kind.RESHARE: 1, Kind.CLICK: 5}
    return [act for kind, number in numbers.items() for act in touches(kind, number)]


OWN_TEXT: dict[Language, str] = {
    "en": "19.1 points: 8 reactions, 3 comments, 1 reshare, 5 visits (x .999 your own words, x 1 first to tell it so)",
    "fr": "19,1 points : 8 réactions, 3 commentaires, 1 repartage, 5 visites"
    " (× 0,999 vos propres mots, × 1 première formulation de ce genre)",
}
COPY: dict[Language, str] = {
    "en": "0.02 points: no reactions yet"
    " (x .2 your own words, x .231 colleagues told it so before, x .25 you told it so before,"
    " x .435 on reactions and visits for an audience of 8000-19999)",
    "fr": "0,02 point : pas encore de réaction"
    " (× 0,2 vos propres mots, × 0,231 des collègues l’ont déjà dit ainsi, × 0,25 vous l’avez déjà dit ainsi,"
    " × 0,435 sur les réactions et visites, pour une audience de 8000-19999)",
}


@pytest.mark.parametrize(("language", "expected"), OWN_TEXT.items())
def test_a_share(language: Language, expected: str) -> None:
    assert sentence(share_line(score([share()], touches=crowd())), language) == expected


@pytest.mark.parametrize(("language", "expected"), COPY.items())
def test_a_copy_that_nobody_liked(language: Language, expected: str) -> None:
    copy = share(words=60, copied=60, parrot=100_000, self_repeats=1, audience=8000)
    assert sentence(share_line(score([copy])), language) == expected


def test_zeal_is_named() -> None:
    week = score([share(i, at=i // 2) for i in range(8)])
    least = sentence(share_line(week, 7), "en")
    assert "x .3 other shares on the same day" in least
    assert "other shares in the same week" in least


@pytest.mark.parametrize(
    ("number", "language", "expected"),
    [
        (1, "en", "2 points: 1 answer within 2 hours"),
        (3, "en", "6 points: 3 answers within 2 hours"),
        (3, "fr", "6 points : 3 réponses en moins de 2 heures"),
        (12, "en", "20 points: 12 answers within 2 hours (the limit of a week)"),
        (12, "fr", "20 points : 12 réponses en moins de 2 heures (limite de la semaine)"),
    ],
)
def test_replies(number: int, language: Language, expected: str) -> None:
    line = line_of(score(answers=[answer(f"p{i}", on=i % 3) for i in range(number)]), LineKind.REPLIES)
    assert line is not None
    assert sentence(line, language) == expected


@pytest.mark.parametrize(
    ("number", "language", "expected"),
    [
        (1, "en", "20 points: 1 conversion"),
        (2, "fr", "40 points : 2 conversions"),
        (6, "en", "100 points: 6 conversions (the limit of a week)"),
    ],
)
def test_conversions(number: int, language: Language, expected: str) -> None:
    converted = [Conversion(share_id=share_id(0), visitor=f"v{i}", at=days(1)) for i in range(number)]
    line = line_of(score(conversions=converted), LineKind.CONVERSIONS)
    assert line is not None
    assert sentence(line, language) == expected
